using System.Diagnostics;
using System.Numerics.Tensors;
using Agents.Networks;
using Agents.Programs;
using Environments.Randomness;
using Environments.State;
using Learners.Metrics;

namespace Learners.Optimizers.Kfac;

/// <summary>
/// Natural gradient with Kronecker-factored curvature and a trust region (Wu et al. 2017), for any actor-critic on either engine.
/// </summary>
/// <remarks>
/// With U = F⁻¹ ∇ layer by layer: ν = min(1, √(klClip / (η² ⟨U, ∇⟩))) over all layers of a trust region, m ← μ m + ν U, θ ← θ − η (1 − μ) m.
/// The engine shows products of a backward pass of their own; <see cref="Update"/> then averages what was shown, renews eigenbases when due, and steps.
/// A state-independent log standard deviation has the exact Fisher matrix 2 I; of parameters that are no layer's only the diagonal counts. Owns factors, bases and momentum.
/// </remarks>
internal sealed class Kfac : IOptimizer, ICurvature
{
    // Fisher matrix of the logarithm of a Gaussian's standard deviation: E[(z² − 1)²].
    private const float LogStdFisher = 2;

    // Renewals while the number of updates grows e-fold, before the interval bounds them.
    private const int EarlyRenewals = 4;

    private readonly KfacSettings _options;
    private readonly KfacLayer[] _layers;
    private readonly Dictionary<string, KfacLayer> _byWeight;
    private readonly ParameterSlot[] _exact;
    private readonly Range[] _regions;
    private readonly BasisRenewal _renewal;
    private readonly float[] _direction;
    private readonly float[] _velocity;
    private long _updates;
    private long _folds;
    private long _folded = -1; // update of the latest fold
    private long _nextRenewal;

    /// <summary>An optimiser before its first step.</summary>
    /// <param name="layout">Parameters of the network.</param>
    /// <param name="options">Settings.</param>
    /// <param name="random">Stream of the draws that statistics need.</param>
    public Kfac(ParameterLayout layout, KfacSettings options, Pcg64 random)
    {
        _options = options;
        _layers = [.. LayersOf(layout).Select(slot => new KfacLayer(layout, slot, options))];
        _byWeight = _layers.ToDictionary(layer => layer.Name + ".weight");
        _exact = [.. layout.Slots.Where(slot => slot.Name == ParameterLayout.LogStd)];
        Diagonal = new DiagonalFisher([.. DiagonalsOf(layout)]);
        _regions = RegionsOf(layout, options.TrustRegion);
        _renewal = new BasisRenewal(_layers, options);
        _direction = new float[layout.Count];
        _velocity = new float[layout.Count];
        Sampler = new FisherSampler(options.CriticFisherScale, options.StatisticsShare, random);
        Diagnostics = new KfacDiagnostics(_layers);
    }

    /// <summary>Weights that have factors.</summary>
    public static IEnumerable<ParameterSlot> LayersOf(ParameterLayout layout) => layout.Slots.Where(slot => slot.IsProduct);

    /// <summary>Parameters of whose Fisher matrix only the diagonal is kept.</summary>
    public static IEnumerable<ParameterSlot> DiagonalsOf(ParameterLayout layout) =>
        layout.Slots.Where(slot => !slot.IsProduct && slot.Name != ParameterLayout.LogStd && !IsBiasOfALayer(layout, slot));

    /// <summary>Parameters without factors.</summary>
    public DiagonalFisher Diagonal { get; }

    /// <summary>What the engine asks during the backward pass.</summary>
    public FisherSampler Sampler { get; }

    /// <summary>Figures of the latest update.</summary>
    public KfacDiagnostics Diagnostics { get; }

    /// <inheritdoc/>
    public ICurvature Curvature => this;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => Diagnostics.Tags;

    /// <inheritdoc/>
    public void Report(MetricAverages metrics) => Diagnostics.Report(metrics);

    /// <summary>Layers with their factors, in the order of the parameters.</summary>
    public IReadOnlyList<KfacLayer> Layers => _layers;

    /// <summary>Prepares statistics of the coming update.</summary>
    /// <returns>Itself, for the engine's backward pass.</returns>
    public Kfac BeginUpdate()
    {
        Sampler.BeginUpdate(all: _folds < _options.WarmUpdates);
        return this;
    }

    /// <summary>Takes in what a product saw.</summary>
    /// <param name="tap">The product.</param>
    /// <param name="inputs"><c>[rows, inputs]</c>; with more than one use time-major, <c>[uses, sequences]</c>.</param>
    /// <param name="gradients"><c>[rows, outputs]</c>, before the nonlinearity.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="uses">Steps of a sequence at which the same weight is used; 1 outside of a memory.</param>
    /// <param name="areSamples">Whether rows are samples, and not steps from before them that samples look at.</param>
    public void Show(
        ProductTap tap,
        ReadOnlySpan<float> inputs,
        ReadOnlySpan<float> gradients,
        int rows,
        int uses,
        bool areSamples = true
    )
    {
        KfacLayer layer = _byWeight[tap.Weight.Name];
        if (tap.Images is { } shape)
        {
            layer.AddConvolution(shape, inputs, gradients, rows);
        }
        else
        {
            layer.AddDense(inputs, gradients, rows, uses, areSamples);
        }
    }

    /// <inheritdoc/>
    public void Update(Span<float> parameters, ReadOnlySpan<float> gradient, float learningRate)
    {
        FlatBuffers.RequireSize(_velocity.Length, parameters, gradient);
        Diagnostics.Begin(Sampler.Ticks);
        long start = Stopwatch.GetTimestamp();
        Fold();
        long folded = Stopwatch.GetTimestamp();
        Diagnostics.AddStatistics(folded - start);
        if (_updates < _options.ColdUpdates || _folds == 0)
        {
            UpdateCold(parameters, gradient);
            _updates++;
            return;
        }
        if (_updates == _options.ColdUpdates)
        {
            Array.Clear(_velocity); // raw gradients are no natural ones
        }
        if (_renewal.Count == 0 || _updates >= _nextRenewal)
        {
            _renewal.Begin();
            // An average of n updates changes by 1 / n with the next, so bases age more slowly as n grows.
            _nextRenewal = _updates + Math.Clamp(_updates / EarlyRenewals, 1, _options.DecompositionInterval);
        }
        _renewal.TakeOver();
        long decomposed = Stopwatch.GetTimestamp();
        Diagnostics.SetDecomposition(decomposed - folded, _renewal.Failures);
        if (_renewal.Count == 0)
        {
            UpdateCold(parameters, gradient);
        }
        else
        {
            UpdateNatural(parameters, gradient, learningRate);
        }
        Diagnostics.SetSolve(Stopwatch.GetTimestamp() - decomposed);
        _updates++;
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        _renewal.Finish();
        state.Set<float>("kfac_velocity", _velocity);
        state.Set<long>("kfac_counters", [_updates, _folds, _folded, _renewal.Count, _nextRenewal]);
        Sampler.SaveState(state.Scope("kfac_sampler"));
        foreach (KfacLayer layer in _layers)
        {
            layer.SaveState(state.Scope("kfac." + layer.Name));
        }
        Diagonal.SaveState(state.Scope("kfac_diagonal"));
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        state.ReadFinite<float>("kfac_velocity", _velocity);
        var counters = new long[5];
        state.Read<long>("kfac_counters", counters);
        counters[2]++; // −1 before the first fold
        if (counters.AsSpan().ContainsAnyExceptInRange(0, long.MaxValue / 2))
        {
            throw new InvalidDataException("A saved counter of K-FAC is negative.");
        }
        (_updates, _folds, _folded) = (counters[0], counters[1], counters[2] - 1);
        _renewal.Continue(counters[3]);
        _nextRenewal = counters[4];
        Sampler.LoadState(state.Scope("kfac_sampler"));
        foreach (KfacLayer layer in _layers)
        {
            layer.LoadState(state.Scope("kfac." + layer.Name));
        }
        Diagonal.LoadState(state.Scope("kfac_diagonal"));
    }

    private static bool IsBiasOfALayer(ParameterLayout layout, ParameterSlot slot) =>
        slot.Name.EndsWith(".bias", StringComparison.Ordinal)
        && layout.Find(slot.Name[..^".bias".Length] + ".weight") is { IsProduct: true };

    // One batch with a number that is none must not spoil averages that remember hundreds.
    private void Fold()
    {
        // A layer that no loss reaches has none: its gradient is 0, and so is its step.
        if (!Array.Exists(_layers, layer => layer.HasSamples))
        {
            return;
        }
        if (!Array.TrueForAll(_layers, layer => layer.IsFinite()) || !Diagonal.IsFinite)
        {
            Diagnostics.DroppedStatistics++;
            Diagonal.Drop();
            foreach (KfacLayer layer in _layers)
            {
                layer.Drop();
            }
            return;
        }
        _folds++;
        double share = _folds <= _options.WarmUpdates ? 1.0 / _folds : 1 - Math.Pow(_options.StatisticsDecay, _updates - _folded);
        _folded = _updates;
        foreach (KfacLayer layer in _layers)
        {
            layer.Fold(share);
        }
        Diagonal.Fold(share);
    }

    private void UpdateCold(Span<float> parameters, ReadOnlySpan<float> gradient)
    {
        gradient.CopyTo(_direction);
        float norm = GlobalNorm.Clip(_direction, (float)_options.ColdMaxGradientNorm);
        Step(parameters, Range.All, 1, float.IsFinite(norm) ? _options.ColdLearningRate : 0);
    }

    private void UpdateNatural(Span<float> parameters, ReadOnlySpan<float> gradient, float learningRate)
    {
        foreach (KfacLayer layer in _layers)
        {
            layer.Solve(gradient, _direction);
        }
        Diagonal.Solve(gradient, _direction, _options.Damping);
        var exactDivisor = (float)(LogStdFisher + _options.Damping);
        foreach (ParameterSlot slot in _exact)
        {
            TensorPrimitives.Divide(slot.In(gradient), exactDivisor, slot.In(_direction.AsSpan()));
        }
        Span<double> squaredNorms = stackalloc double[_regions.Length];
        for (int i = 0; i < _regions.Length; i++)
        {
            squaredNorms[i] = TensorPrimitives.Dot(_direction.AsSpan(_regions[i]), gradient[_regions[i]]);
        }
        // Nothing that is not finite becomes so by the gradient's factor, not even by 0.
        if (!TensorPrimitives.IsFiniteAll<double>(squaredNorms))
        {
            Diagnostics.SkippedUpdates++;
            return;
        }
        for (int i = 0; i < _regions.Length; i++)
        {
            double scale = TrustRegion.Scale(learningRate, squaredNorms[i], _options.KlClip);
            Diagnostics.AddStep(learningRate, scale, squaredNorms[i], _renewal.Count);
            Step(parameters, _regions[i], (float)scale, learningRate * (1 - _options.Momentum));
        }
    }

    // Parameters of the actor come before those of the critic, where they share none.
    private static Range[] RegionsOf(ParameterLayout layout, TrustRegionScope scope)
    {
        ParameterSlot? critic = layout.Slots.FirstOrDefault(slot => slot.Name.StartsWith("critic.", StringComparison.Ordinal));
        bool isShared = layout.Slots.Any(slot =>
            !slot.Name.StartsWith("actor.", StringComparison.Ordinal)
            && !slot.Name.StartsWith("critic.", StringComparison.Ordinal)
        );
        return scope switch
        {
            TrustRegionScope.Separate when critic is not null && !isShared =>
            [
                Range.EndAt(critic.Offset),
                Range.StartAt(critic.Offset),
            ],
            TrustRegionScope.Joint or TrustRegionScope.Separate => [Range.All],
        };
    }

    // m ← μ m + ν U, θ ← θ − step m.
    private void Step(Span<float> parameters, Range region, float scale, double stepSize)
    {
        if (stepSize == 0)
        {
            return;
        }
        Span<float> velocity = _velocity.AsSpan(region);
        Matrices.Fold<float>(_direction.AsSpan(region), velocity, (float)_options.Momentum, scale);
        TensorPrimitives.MultiplyAdd(velocity, (float)-stepSize, parameters[region], parameters[region]);
    }
}

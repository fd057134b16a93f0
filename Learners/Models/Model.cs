using Agents.Networks;
using Agents.Programs;
using Environments.Randomness;
using Environments.State;
using Learners.Batches;
using Learners.Composition;
using Learners.Engines;
using Learners.Objectives;
using Learners.Optimizers;
using Learners.Optimizers.Kfac;
using Learners.Returns;
using Learners.Similarity;

namespace Learners.Models;

/// <summary>
/// A network, its parameters and what moves them: the agent's own, or one beside it. Any number of them in a learner; each saves its state in a scope
/// of its own. Owns network, optimiser and copies of parameters.
/// </summary>
internal sealed class Model : IDisposable, ISavable
{
    private readonly IGradientEngine _engine;
    private readonly ModelSettings _options;
    private readonly IOptimizer _optimizer;
    private readonly ParameterLayout _layout;
    private readonly MappedParameters? _mapped;
    private readonly ulong _firstDraw;

    /// <summary>A model before its first step.</summary>
    /// <param name="engine">The network with its parameters, and its gradients; owned from here on.</param>
    /// <param name="options">What moves them.</param>
    /// <param name="random">Seeds what the optimiser draws.</param>
    /// <param name="firstDraw">Number of the first update's draws, for noise such as dropout; each update has the next one.</param>
    /// <param name="knowsValues">Whether the value head is an earlier policy's, in the task's units, which the first returns then leave as it is.</param>
    public Model(IGradientEngine engine, ModelSettings options, ref Pcg64 random, ulong firstDraw = 0, bool knowsValues = false)
    {
        (_engine, _options, _firstDraw) = (engine, options, firstDraw);
        _layout = new ParameterLayout(engine.Network.Spec);
        if (options.Maps.Count > 0)
        {
            _mapped = new MappedParameters(options.Maps, MappedSlots(), engine.Parameters);
            _mapped.Apply(engine.Parameters);
            engine.ParametersChanged();
        }
        _optimizer = options.Optimizer.Create(_layout, ref random);
        foreach (OptimizerWrapperSettings wrapper in options.Wrappers)
        {
            _optimizer = wrapper.Wrap(_optimizer, Stored);
        }
        Target = options.Target is { } rule ? new TargetNetwork(engine.Network.Spec, engine.Parameters, rule) : null;
        Units = options.ReturnScaleRate is { } rate ? new PopArt(rate, knowsValues) : null;
    }

    /// <summary>What the network is.</summary>
    public NetworkSpec Spec => _engine.Network.Spec;

    /// <summary>The network over the learned parameters.</summary>
    public IActorCriticNetwork Network => _engine.Network;

    /// <summary>The target network; null where there is none.</summary>
    public TargetNetwork? Target { get; }

    /// <summary>Units of the value head; null where it gives values as they are.</summary>
    public PopArt? Units { get; }

    /// <summary>What gathers curvature during the backward pass; null for first-order optimisers.</summary>
    public Kfac? Curvature => (Kfac?)_optimizer.Curvature;

    /// <summary>Steps taken.</summary>
    public long Updates { get; private set; }

    /// <summary>Gradient of the latest minibatch.</summary>
    public ReadOnlySpan<float> LatestGradient => _engine.Gradient;

    // What the optimiser moves.
    private Span<float> Stored => _mapped is null ? _engine.Parameters : _mapped.Stored;

    /// <summary>Parameters, in the order of the layout; valid until the next call of a method.</summary>
    public ReadOnlySpan<float> Parameters(ParameterRole role) =>
        role switch
        {
            ParameterRole.Learned => _engine.Parameters,
            ParameterRole.Acting => Target is { Acts: true } ? Target.Parameters : _engine.Parameters,
            ParameterRole.Evaluated => Evaluated(),
        };

    /// <summary>What lets gradients of auxiliary losses through; null where all add up.</summary>
    public GradientGates? Gates { get; private set; }

    /// <summary>Says which losses <see cref="Gradient"/> adds up. To be called once, before it.</summary>
    /// <param name="objectives">The main loss is their sum.</param>
    /// <param name="auxiliary">Losses behind them, each of which has a gate of its own where there is a rule.</param>
    public void Use(IReadOnlyList<Objective> objectives, IReadOnlyList<Objective> auxiliary)
    {
        Objective[] all = [.. objectives, .. auxiliary];
        if (!_options.Similarity.Gates)
        {
            Use(all);
            return;
        }
        Use(all, [.. objectives.Select(_ => 0), .. auxiliary.Select((_, i) => 1 + i)]);
        Gates = new GradientGates(_options.Similarity, _layout, _engine, auxiliary);
    }

    /// <summary>Says which losses <see cref="Gradient"/> adds up. To be called once, before it.</summary>
    /// <inheritdoc cref="IGradientEngine.Use"/>
    public void Use(IReadOnlyList<Objective> objectives, IReadOnlyList<int>? groups = null) => _engine.Use(objectives, groups);

    /// <inheritdoc cref="IGradientEngine.CarriesState"/>
    public bool CarriesState
    {
        get => _engine.CarriesState;
        init => _engine.CarriesState = value;
    }

    /// <inheritdoc cref="IGradientEngine.TryGetCoreState"/>
    public bool TryGetCoreState(Span<float> coreState) => _engine.TryGetCoreState(coreState);

    /// <inheritdoc cref="IGradientEngine.BindModel"/>
    public void BindModel(string model, float[] parameters) => _engine.BindModel(model, parameters);

    /// <inheritdoc cref="IGradientEngine.GradientOf"/>
    public Span<float> GradientOf(int group) => _engine.GradientOf(group);

    /// <summary>Computes losses and the gradient of Σ weight × loss, which <see cref="Step"/> then follows.</summary>
    /// <param name="minibatch">Samples, with every column that an objective reads.</param>
    /// <param name="progress">Share of the run's steps done, for schedules.</param>
    /// <param name="losses">Destination: each objective's loss, before its weight.</param>
    /// <param name="logProbs">Destination, <c>[N]</c>: log-probs of the actions; empty for a network without a policy.</param>
    public void Gradient(Batch minibatch, double progress, Span<double> losses, Span<float> logProbs) =>
        _engine.Backward(minibatch, progress, losses, logProbs, Curvature?.BeginUpdate(), unchecked(_firstDraw + (ulong)Updates));

    /// <summary>Lets the gradients of auxiliary losses through, cuts the sum, and finds its length.</summary>
    /// <remarks>Gates compare gradients with respect to what is learned, behind all maps: there their sum is a direction of descent.</remarks>
    /// <returns>The length before it was cut.</returns>
    /// <exception cref="TrainingDivergedException">It is not finite; parameters are as before.</exception>
    public float Clip()
    {
        Pull();
        bool cuts = _options.MaxGradientNorm > 0 && Curvature is null;
        float norm = GlobalNorm.Clip(_engine.Gradient, cuts ? _options.MaxGradientNorm : float.PositiveInfinity);
        return float.IsFinite(norm)
            ? norm
            : throw new TrainingDivergedException(
                $"The gradient stopped being finite at update {Updates + 1}. Lower the learning rate, or normalise observations and rewards."
            );
    }

    /// <summary>Moves the parameters along the gradient that <see cref="Clip"/> left.</summary>
    /// <param name="learningRate">Step size.</param>
    public void Step(float learningRate)
    {
        _optimizer.Update(Stored, _engine.Gradient, learningRate);
        _mapped?.Apply(_engine.Parameters);
        _engine.ParametersChanged();
        Updates++;
    }

    /// <summary>Sets a number that no optimiser moves, wherever there are parameters.</summary>
    /// <param name="parameter">Path of an array of one number.</param>
    /// <param name="number">The number.</param>
    public void Give(string parameter, float number)
    {
        ParameterSlot slot = _layout[parameter];
        if (_engine.Parameters[slot.Offset].Equals(number))
        {
            return; // so it is in every copy, since nothing moves it
        }
        _engine.Parameters[slot.Offset] = number;
        Stored[slot.Offset] = number;
        foreach (float[] copy in _optimizer.Copies)
        {
            copy[slot.Offset] = number;
        }
        Target?.Give(slot, number);
        _engine.ParametersChanged();
    }

    /// <summary>Takes returns into the units of the value head, which keeps saying the same.</summary>
    /// <param name="returns">In the task's units.</param>
    /// <returns>Whether the head had units before.</returns>
    public bool UpdateUnits(ReadOnlySpan<float> returns)
    {
        PopArt units = Units ?? throw new InvalidOperationException("The value head of this model has no units.");
        bool had = units.HasUnits;
        units.Update(returns, Head(".weight", _engine.Parameters), Head(".bias", _engine.Parameters));
        // The head is never mapped, so it is stored as it is used.
        _mapped?.Take(Slot(".weight"), _engine.Parameters);
        _mapped?.Take(Slot(".bias"), _engine.Parameters);
        foreach (float[] copy in _optimizer.Copies)
        {
            units.Follow(Head(".weight", copy), Head(".bias", copy));
        }
        _engine.ParametersChanged();
        return had;
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set<float>("parameters", Stored);
        state.Set("updates", Updates);
        _optimizer.SaveState(state.Scope("optimizer"));
        Target?.SaveState(state.Scope("target"));
        Units?.SaveState(state.Scope("pop_art"));
        Gates?.SaveState(state.Scope("gates"));
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        state.ReadFinite("parameters", Stored);
        _mapped?.Apply(_engine.Parameters);
        _engine.ParametersChanged();
        Updates = state.Get("updates", 0L, long.MaxValue / 2);
        _optimizer.LoadState(state.Scope("optimizer"));
        Target?.LoadState(state.Scope("target"));
        Units?.LoadState(state.Scope("pop_art"));
        Gates?.LoadState(state.Scope("gates"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Target?.Dispose();
        _engine.Dispose();
    }

    // Gradients with respect to what is stored.
    private void Pull()
    {
        if (Gates is null)
        {
            _mapped?.Pull(_engine.Gradient);
            return;
        }
        for (int group = 0; group <= Gates.Count; group++)
        {
            _mapped?.Pull(_engine.GradientOf(group));
        }
        Gates.Combine(_engine);
    }

    private float[] Evaluated()
    {
        float[] parameters = _optimizer.Evaluated(Stored).ToArray();
        _mapped?.Apply(parameters, parameters);
        Units?.Export(Head(".weight", parameters), Head(".bias", parameters));
        return parameters;
    }

    // A head with units, and numbers that are given, change from outside the optimiser, so nothing may stand between what is stored and what is used.
    private List<ParameterSlot> MappedSlots()
    {
        string head = _options.ReturnScaleRate is null ? "" : ValuePath + ".";
        return
        [
            .. _layout.Slots.Where(slot =>
                !slot.IsGiven && (head.Length == 0 || !slot.Name.StartsWith(head, StringComparison.Ordinal))
            ),
        ];
    }

    private string ValuePath => Spec.Heads.First(head => head.Name == Agents.Networks.Head.Value).Path;

    private ParameterSlot Slot(string part) => _layout[ValuePath + part];

    private Span<float> Head(string part, Span<float> parameters) => Slot(part).In(parameters);
}

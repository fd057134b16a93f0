using Agents.Distributions;
using Agents.Kernels;
using Agents.Networks.Encoders;
using Agents.Networks.Transformers;

namespace Agents.Networks.Managed;

/// <summary>A network with a gated transformer in plain C#, forward and backward, layer by layer. Others are graphs: <see cref="ProgramNetwork"/>.</summary>
/// <remarks>Allocates nothing after its first call with a batch size.</remarks>
internal sealed class ManagedActorCritic : IActorCriticNetwork
{
    // Rows of a forward pass without memory at a time: what lies between the layers stays in the cache.
    private const int BlockRows = 64;

    private readonly float[] _parameters;
    private readonly ManagedTrunk _actor;
    private readonly ManagedTrunk _critic; // the actor's where they share it
    private readonly DenseLayer _actorHead;
    private readonly DenseLayer _criticHead;
    private readonly ParameterSlot? _logStd;
    private readonly int _headSize;
    private readonly int _distributionSize;
    private readonly ObservationFeatures _observationFeatures;
    private float[] _features = [];
    private float[] _head = [];

    /// <summary>A network over a flat buffer that the caller may change; call <see cref="Refresh"/> afterwards.</summary>
    /// <param name="spec">What to build.</param>
    /// <param name="parameters">Buffer in the order of <see cref="ParameterLayout"/>; null for one of its own, all 0.</param>
    public ManagedActorCritic(NetworkSpec spec, float[]? parameters = null)
    {
        Spec = spec;
        var layout = new ParameterLayout(spec);
        _parameters = parameters ?? new float[layout.Count];
        if (_parameters.Length != layout.Count)
        {
            throw new ArgumentException(
                $"The network has {layout.Count} parameters; {_parameters.Length} were given.",
                nameof(parameters)
            );
        }
        bool shared = spec.Plan.SharedTrunk;
        _actor = new ManagedTrunk(layout, shared ? "" : "actor.", spec);
        _critic = shared ? _actor : new ManagedTrunk(layout, "critic.", spec);
        _actorHead = new DenseLayer(layout, "actor.head");
        _criticHead = new DenseLayer(layout, "critic.head");
        ActionDistribution distribution = ActionDistribution.For(spec.ActionSpace);
        _headSize = distribution.HeadSize;
        _distributionSize = distribution.ParameterSize;
        _logStd = _distributionSize > _headSize ? layout["actor.log_std"] : null;
        _observationFeatures = spec.Plan.Features;
        Refresh();
    }

    /// <inheritdoc/>
    public NetworkSpec Spec { get; }

    /// <summary>The actor's transformer, to read its attention; null where the core is another.</summary>
    public ManagedTransformer? Transformer => _actor.Core as ManagedTransformer;

    /// <summary>Takes over numbers that were changed in the buffer.</summary>
    public void Refresh()
    {
        _actor.Refresh(_parameters);
        if (_critic != _actor)
        {
            _critic.Refresh(_parameters);
        }
        _actorHead.Refresh(_parameters);
        _criticHead.Refresh(_parameters);
    }

    /// <inheritdoc/>
    public void LoadParameters(ReadOnlySpan<float> parameters)
    {
        parameters.CopyTo(_parameters);
        Refresh();
    }

    /// <inheritdoc/>
    public void Unroll(
        int steps,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Span<float> distributions,
        Span<float> values
    )
    {
        int rows = distributions.Length / _distributionSize;
        if (observations.Length != rows * Spec.ObservationSize || rows % steps != 0 || (!values.IsEmpty && values.Length != rows))
        {
            throw new ArgumentException(
                $"{observations.Length} floats are not {steps} steps of whole rows: {rows} rows of {Spec.ObservationSize} were expected."
            );
        }
        if (Spec.CoreStateSize > 0)
        {
            var sequence = new SequenceState(steps, episodeStarts, coreState);
            Forward(Features(observations, rows), distributions, values, rows, sequence);
            return;
        }
        for (int first = 0; first < rows; first += BlockRows)
        {
            int count = Math.Min(BlockRows, rows - first);
            Forward(
                Features(observations.Slice(first * Spec.ObservationSize, count * Spec.ObservationSize), count),
                distributions.Slice(first * _distributionSize, count * _distributionSize),
                values.IsEmpty ? [] : values.Slice(first, count),
                count,
                new SequenceState(1, [], [])
            );
        }
    }

    /// <summary>Distribution parameters <c>[rows, P]</c> and values <c>[rows]</c> of features; no values where they are not wanted.</summary>
    public void Forward(
        ReadOnlySpan<float> features,
        Span<float> distributions,
        Span<float> values,
        int rows,
        scoped in SequenceState sequence
    )
    {
        ReadOnlySpan<float> trunk = _actor.Forward(_parameters, features, rows, sequence);
        if (_logStd is null)
        {
            _actorHead.Forward(_parameters, trunk, distributions, rows);
        }
        else
        {
            Span<float> means = HeadBuffer(rows);
            _actorHead.Forward(_parameters, trunk, means, rows);
            ReadOnlySpan<float> logStd = _logStd.In((ReadOnlySpan<float>)_parameters);
            for (int row = 0; row < rows; row++)
            {
                Span<float> distribution = distributions.Slice(row * _distributionSize, _distributionSize);
                means.Slice(row * _headSize, _headSize).CopyTo(distribution);
                logStd.CopyTo(distribution[_headSize..]);
            }
        }
        // A critic with a memory of its own has to see every step, even where its values are not wanted.
        if (!values.IsEmpty || (_critic != _actor && Spec.CoreStateSize > 0))
        {
            if (_critic != _actor)
            {
                trunk = _critic.Forward(_parameters, features, rows, CriticPart(sequence));
            }
        }
        if (!values.IsEmpty)
        {
            _criticHead.Forward(_parameters, trunk, values, rows);
        }
    }

    /// <summary>Adds the gradient of all parameters, from those of the outputs of the latest <see cref="Forward"/> with the same features.</summary>
    /// <remarks>A memory keeps its activations for one backward pass only; without one there may be several.</remarks>
    /// <param name="features"><c>[rows, FeatureSize]</c>.</param>
    /// <param name="distributionGradients">Gradient of the distribution parameters, <c>[rows, P]</c>.</param>
    /// <param name="valueGradients">Gradient of the values, <c>[rows]</c>.</param>
    /// <param name="gradient">Flat buffer, added to.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="sequence">Steps and episode starts of the forward pass.</param>
    public void Backward(
        ReadOnlySpan<float> features,
        ReadOnlySpan<float> distributionGradients,
        ReadOnlySpan<float> valueGradients,
        Span<float> gradient,
        int rows,
        scoped in SequenceState sequence
    )
    {
        ReadOnlySpan<float> headGradients = distributionGradients;
        if (_logStd is not null)
        {
            Span<float> means = HeadBuffer(rows);
            Span<float> logStdGradient = _logStd.In(gradient);
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> distribution = distributionGradients.Slice(row * _distributionSize, _distributionSize);
                distribution[.._headSize].CopyTo(means[(row * _headSize)..]);
                Elementwise.AddColumnSums(distribution[_headSize..], logStdGradient);
            }
            headGradients = means;
        }
        Span<float> trunkGradient = _actor.OutputGradient(rows);
        _actorHead.Backward(_parameters, _actor.Output(features, rows), headGradients, trunkGradient, gradient, rows);
        if (_critic == _actor)
        {
            Span<float> shared = _actor.SecondGradient(rows);
            _criticHead.Backward(_parameters, _actor.Output(features, rows), valueGradients, shared, gradient, rows);
            System.Numerics.Tensors.TensorPrimitives.Add(trunkGradient, shared, trunkGradient);
        }
        _actor.Backward(_parameters, features, gradient, rows, sequence);
        if (_critic != _actor)
        {
            _criticHead.Backward(
                _parameters,
                _critic.Output(features, rows),
                valueGradients,
                _critic.OutputGradient(rows),
                gradient,
                rows
            );
            _critic.Backward(_parameters, features, gradient, rows, sequence);
        }
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose() { }

    private ReadOnlySpan<float> Features(ReadOnlySpan<float> observations, int rows)
    {
        if (_observationFeatures.AreObservations)
        {
            return observations;
        }
        int size = rows * _observationFeatures.Size;
        if (_features.Length < size)
        {
            _features = new float[size];
        }
        _observationFeatures.EncodeRows(observations, _features.AsSpan(0, size));
        return _features.AsSpan(0, size);
    }

    private SequenceState CriticPart(scoped in SequenceState sequence) =>
        new(sequence.Steps, sequence.EpisodeStarts, sequence.CoreState)
        {
            Offset = Spec.StateSizeOfOneCore,
            ForGradient = sequence.ForGradient,
        };

    private Span<float> HeadBuffer(int rows)
    {
        if (_head.Length < rows * _headSize)
        {
            _head = new float[rows * _headSize];
        }
        return _head.AsSpan(0, rows * _headSize);
    }
}

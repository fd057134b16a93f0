using Environments.Wrappers;
using Protos;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Agents.Networks.Encoders;

/// <summary>
/// What becomes of raw observations before the network encodes them: a factor, then centring and scaling by fixed statistics. Immutable, and the
/// one place where observations are normalised, for whoever acts, learns, teaches or evaluates.
/// </summary>
/// <remarks>
/// Raw is what comes after the layers that define the task. With the factor c, mean μ and variance σ² an input is
/// clip((c x − μ) / √(σ² + ε), ±10), where x belongs to <see cref="NormalizedParts"/>, and c x elsewhere; see <see cref="RunningStatistics"/>. The same row
/// gives the same bits, alone and among others.
/// </remarks>
internal sealed class ObservationTransform : IObservationTransform
{
    private readonly NormalizedParts? _parts;
    private readonly float _scale;

    private ObservationTransform(float scale, NormalizedParts? parts, RunningStatistics? statistics)
    {
        _scale = scale;
        _parts = parts;
        Statistics = statistics;
    }

    /// <summary>Leaves observations as they are.</summary>
    public static ObservationTransform Identity { get; } = new(1, null, null);

    /// <summary>A transform of a factor alone.</summary>
    /// <param name="scale">Factor; 1 for none.</param>
    public static ObservationTransform Scaling(float scale) => scale == 1 ? Identity : new(scale, null, null);

    /// <summary>A transform with statistics.</summary>
    /// <param name="scale">Factor; 1 for none.</param>
    /// <param name="parts">What is normalised.</param>
    /// <param name="statistics">Statistics of as many numbers, after the factor; fixed, so nobody may change them any more.</param>
    /// <exception cref="ArgumentException">They are of another size.</exception>
    public static ObservationTransform Normalizing(float scale, NormalizedParts parts, RunningStatistics statistics) =>
        statistics.Size == parts.Size
            ? new(scale, parts, statistics)
            : throw new ArgumentException(
                $"The statistics are of {statistics.Size} numbers, but {parts.Size} of an observation are normalised.",
                nameof(statistics)
            );

    /// <summary>The statistics that normalise, <c>[N]</c>; null where nothing is normalised. Not to be changed.</summary>
    public RunningStatistics? Statistics { get; }

    /// <summary>Whether inputs and observations are the same numbers.</summary>
    public bool IsIdentity => _scale == 1 && _parts is null;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> observations, Span<float> inputs)
    {
        inputs = inputs[..observations.Length];
        if (_scale != 1)
        {
            TensorPrimitives.Multiply(observations, _scale, inputs);
            observations = inputs;
        }
        if (_parts is { AreWhole: true })
        {
            Statistics!.Normalize(observations, inputs);
            return;
        }
        observations.CopyTo(inputs);
        for (; _parts is not null && !inputs.IsEmpty; inputs = inputs[_parts.ObservationSize..])
        {
            int component = 0;
            foreach ((int first, int count) in _parts.Ranges)
            {
                Span<float> part = inputs.Slice(first, count);
                Statistics!.NormalizePart(component, part, part);
                component += count;
            }
        }
    }
}

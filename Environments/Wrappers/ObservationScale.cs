using Environments.Spaces;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Environments.Wrappers;

/// <summary>Multiplies observations by a constant, such as 1/255 for bytes.</summary>
/// <remarks>Runs do not use this layer: their policies scale raw observations themselves, in training and evaluation alike.</remarks>
public sealed class ObservationScale : BatchedEnvironmentWrapper
{
    private readonly EnvironmentSpec _spec;
    private readonly float[] _observations;
    private readonly float[] _finalObservations;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Environment with a <see cref="Box"/> of observations; owned from now on.</param>
    /// <param name="factor">Factor, greater than 0 and finite.</param>
    /// <exception cref="ArgumentException">The observations are no box.</exception>
    public ObservationScale(IBatchedEnvironment inner, float factor)
        : base(inner)
    {
        if (!(factor > 0 && float.IsFinite(factor)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(factor),
                $"Observations cannot be scaled by {factor}; it must be positive."
            );
        }
        if (inner.Spec.ObservationSpace is not Box box)
        {
            throw new ArgumentException(
                $"{inner.Spec.Id} shows {inner.Spec.ObservationSpace}; only observations of a Box can be scaled. Leave the scale out.",
                nameof(inner)
            );
        }
        Factor = factor;
        var low = new float[box.Size];
        var high = new float[box.Size];
        TensorPrimitives.Multiply(box.Low, factor, low);
        TensorPrimitives.Multiply(box.High, factor, high);
        _spec = inner.Spec with { ObservationSpace = new Box(low, high, box.Shape) };
        _observations = new float[inner.Count * box.Size];
        _finalObservations = new float[inner.Count * box.Size];
    }

    /// <summary>What observations are multiplied by.</summary>
    public float Factor { get; }

    /// <inheritdoc/>
    public override EnvironmentSpec Spec => _spec;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Observations => _observations;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> FinalObservations => _finalObservations;

    /// <inheritdoc/>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        TensorPrimitives.Multiply(Inner.Observations, Factor, _observations);
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Inner.Step(actions);
        TensorPrimitives.Multiply(Inner.Observations, Factor, _observations);
        int size = _spec.ObservationSpace.Size;
        for (int i = 0; i < Count; i++)
        {
            if (Inner.Terminated[i] | Inner.Truncated[i])
            {
                TensorPrimitives.Multiply(
                    Inner.FinalObservations.Slice(i * size, size),
                    Factor,
                    _finalObservations.AsSpan(i * size, size)
                );
            }
        }
    }

    /// <inheritdoc/>
    protected override void LoadOwnState(State.StateDictionary state) =>
        TensorPrimitives.Multiply(Inner.Observations, Factor, _observations);
}

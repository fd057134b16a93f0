using System.Numerics.Tensors;
using Agents.Networks.Encoders;
using Environments;
using Environments.Randomness;
using Environments.Spaces;

namespace Chaos.Fuzzing;

/// <summary>An environment of given spaces whose observations, rewards and ends are drawn; it insists on actions that are members.</summary>
/// <param name="observations">What it shows.</param>
/// <param name="actions">What it takes.</param>
internal sealed class DrawnEnvironment(Space observations, Space actions) : IEnvironment
{
    private const double EndProbability = 0.2;

    /// <inheritdoc/>
    public Space ObservationSpace => observations;

    /// <inheritdoc/>
    public Space ActionSpace => actions;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random) => Show(observation, ref random);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The action is no member, other than of a box, whose bounds may be exceeded.</exception>
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        if (actions is Box ? action.Contains(float.NaN) : !actions.Contains(action))
        {
            throw new InvalidOperationException($"[{string.Join(", ", action.ToArray())}] is no action of {actions}.");
        }
        Show(observation, ref random);
        double end = random.NextDouble();
        return new StepResult(
            (float)random.NextGaussian(),
            Terminated: end < EndProbability / 2,
            Truncated: end is >= EndProbability / 2 and < EndProbability
        );
    }

    // Bytes are whole numbers, which a box draws as any others.
    private void Show(Span<float> observation, ref Pcg64 random)
    {
        observations.Sample(ref random, observation);
        int first = 0;
        foreach ((_, Space entry) in ObservationFeatures.EntriesOf(observations))
        {
            if (entry is Box { ElementType: ElementType.UInt8 })
            {
                Span<float> bytes = observation.Slice(first, entry.Size);
                TensorPrimitives.Floor(bytes, bytes);
            }
            first += entry.Size;
        }
    }
}

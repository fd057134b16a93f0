using System.Numerics.Tensors;
using Agents.Networks;
using Environments.Spaces;
using Learners.ActorCritic;
using Protos;

namespace Learners.Fleet;

/// <summary>What an unroll must be to be learned from; actors are not trusted to send it.</summary>
internal sealed class UnrollChecks
{
    // A log-probability is at most 0 but for rounding; a density may be anything.
    private const float LogProbTolerance = 1e-3f;

    // Finite, but squares and sums of it soon are not; one such reward would undo a run.
    private const float Largest = 1e9f;
    private const long LastSequenceNumber = 1L << 53;

    private readonly NetworkSpec _spec;
    private readonly RowCheck _observationCheck;
    private readonly UnrollShape _shape;
    private readonly int _maxCopies;

    /// <summary>The checks of a run.</summary>
    /// <param name="spec">Network that will read the unrolls.</param>
    /// <param name="shape">Shape of its unrolls; copies aside.</param>
    /// <param name="settings">Agent.</param>
    public UnrollChecks(NetworkSpec spec, UnrollShape shape, ActorCriticSettings settings)
    {
        _spec = spec;
        _observationCheck = RowCheck.OfObservations(spec.ObservationSpace);
        _shape = shape;
        _maxCopies = settings.Copies;
    }

    /// <summary>Why unrolls of a shape are not wanted; null where they are.</summary>
    public string? Refusal(UnrollShape shape)
    {
        if (shape with { Copies = _shape.Copies } != _shape)
        {
            return $"it is {Describe(shape)}, but this run needs {Describe(_shape with { Copies = shape.Copies })}";
        }
        return shape.Copies > _maxCopies || _maxCopies % shape.Copies != 0
            ? $"it has {shape.Copies} copies, which do not divide the run's {_maxCopies}"
            : null;
    }

    /// <summary>Why the numbers of an unroll cannot be; null where they can.</summary>
    public string? Defect(Unroll unroll)
    {
        if (unroll.Header.SequenceNumber > LastSequenceNumber)
        {
            return $"nobody has sent {unroll.Header.SequenceNumber} unrolls before it";
        }
        string? large =
            LargeDefect("actions", unroll.Actions)
            ?? LargeDefect("rewards", unroll.Rewards)
            ?? LargeDefect("behaviour_log_probs", unroll.BehaviourLogProbs);
        if (large is not null)
        {
            return large;
        }
        if (_spec.ActionSpace is not Box && ActionDefect(unroll) is { } defect)
        {
            return defect;
        }
        // Real-valued observations may be anything finite, which the reader has checked; integers choose a row of weights.
        return _observationCheck.HasWholeNumbers && !IsAnyByte(_spec.ObservationSpace) ? ObservationDefect(unroll) : null;
    }

    private static bool IsAnyByte(Space space) =>
        space is Box { ElementType: ElementType.UInt8 } box
        && !box.Low.ContainsAnyExcept(byte.MinValue)
        && !box.High.ContainsAnyExcept(byte.MaxValue);

    private static string? LargeDefect(string name, ReadOnlySpan<float> values) =>
        !values.IsEmpty && MathF.Abs(TensorPrimitives.MaxMagnitude(values)) is var largest and > Largest
            ? $"{name} holds {largest}, beyond ±{Largest}"
            : null;

    private string? ActionDefect(Unroll unroll)
    {
        int size = unroll.Shape.ActionSize;
        int count = _spec.ActionSpace is Discrete discrete ? discrete.Count : 0;
        ReadOnlySpan<float> actions = unroll.Actions;
        ReadOnlySpan<float> logProbs = unroll.BehaviourLogProbs;
        for (int row = 0; row < logProbs.Length; row++)
        {
            float first = actions[row * size];
            // The usual case without a virtual call; the reader has checked that numbers are finite.
            bool known = count > 0 && first >= 0 && first < count && (int)first == first;
            if (!known && !_spec.ActionSpace.Contains(actions.Slice(row * size, size)))
            {
                return $"action {first} of row {row} is not in {_spec.ActionSpace}";
            }
            if (logProbs[row] > LogProbTolerance)
            {
                return $"the log-probability {logProbs[row]} of row {row} is above 0";
            }
        }
        return null;
    }

    private string? ObservationDefect(Unroll unroll)
    {
        int size = _spec.ObservationSize;
        float[] observations = unroll.Observations.Read(unroll.EpisodeStarts);
        int fault = _observationCheck.FindFault(observations);
        if (fault >= 0)
        {
            return $"observation {fault / size} holds {observations[fault]} as {_observationCheck.Describe(fault)}";
        }
        var final = new float[size];
        for (int i = 0; i < unroll.FinalRows.Count; i++)
        {
            unroll.ReadFinalObservation(i, final);
            fault = _observationCheck.FindFault(final);
            if (fault >= 0)
            {
                return $"final observation {i} holds {final[fault]} as {_observationCheck.Describe(fault)}";
            }
        }
        return null;
    }

    private static string Describe(UnrollShape shape) =>
        $"{shape.Steps} steps of {shape.Observations.Frames} × {shape.Observations.FrameSize} {(shape.Observations.IsBytes ? "bytes" : "floats")}, "
        + $"actions of {shape.ActionSize}, core state of {shape.CoreStateSize}";
}

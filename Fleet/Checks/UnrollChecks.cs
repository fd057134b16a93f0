using System.Numerics.Tensors;
using Actors;
using Agents.Networks;
using Environments.Spaces;
using Environments.Wrappers;
using Learners.Composition;
using Protos;
using Protos.Rpc;

namespace Fleet.Checks;

/// <summary>What an unroll must be to be learned from; actors are not trusted to send it.</summary>
/// <remarks>
/// Whatever has a space lies within it, but for rounding. What has none may be as large as one can learn from: finite is not enough, since
/// squares and sums of the largest numbers are not, and one of them would undo a run.
/// </remarks>
internal sealed class UnrollChecks
{
    // A log-probability is at most 0 but for rounding; a density may be anything within reason, since what is this improbable is never drawn.
    private const float LogProbTolerance = 1e-3f;
    private const float LargestLogProb = 1_000; // per number of an action

    private const float LargestReward = 1e8f;
    private const float LargestObservation = 1e15f;
    private const float LargestAction = 1e9f; // as drawn, before it is clipped
    private const float LargestCoreState = 1e9f;
    private const double LargestScore = 1e12; // per step, in the environment's own rewards
    private const long MostUpdates = 1L << 53;
    private const int MessageOverhead = 64 << 10;

    private readonly NetworkSpec _spec;
    private readonly UnrollShape _shape;
    private readonly int _maxCopies;
    private readonly SpaceLimits _observations;
    private readonly FormerUnrolls? _former;
    private readonly SpaceLimits? _formerObservations;
    private readonly SpaceLimits? _formerNormalized;
    private readonly SpaceLimits? _actions;

    /// <summary>The checks of a run.</summary>
    /// <param name="spec">Network that will read the unrolls.</param>
    /// <param name="shape">Shape of its unrolls; copies aside.</param>
    /// <param name="settings">Agent.</param>
    /// <param name="observations">Space of the raw observations; null for the network's.</param>
    /// <param name="former">What journals of version 1 of the protocol may hold; null for nothing.</param>
    public UnrollChecks(
        NetworkSpec spec,
        UnrollShape shape,
        AgentSettings settings,
        Space? observations = null,
        FormerUnrolls? former = null
    )
    {
        _spec = spec;
        _shape = shape;
        _maxCopies = settings.Copies;
        _observations = new SpaceLimits(observations ?? spec.ObservationSpace, LargestObservation, shape.Observations.Frames);
        if (former is not null)
        {
            _former = former;
            _formerObservations = new SpaceLimits(former.Observations, LargestObservation, former.Shape.Observations.Frames);
            _formerNormalized = former.Normalized is null ? null : new SpaceLimits(former.Normalized, LargestObservation);
        }
        // Real-valued actions are kept as they were drawn, which may be outside of the bounds that the environment clips them to.
        _actions = spec.ActionSpace is Box ? null : new SpaceLimits(spec.ActionSpace, LargestAction);
    }

    /// <summary>Largest magnitude of a reward.</summary>
    /// <value>Default 1e8.</value>
    public float RewardLimit { get; init; } = LargestReward;

    /// <summary>Bytes of the largest message that can hold one of the run's unrolls.</summary>
    public int LargestMessage
    {
        get
        {
            long rows = (long)_shape.Steps * _maxCopies;
            ObservationFormat format = _shape.Observations;
            long bytes =
                (format.Frames + _shape.Steps + (long)_shape.Steps) * _maxCopies * format.FrameBytes // as if every step ended an episode
                + rows * (sizeof(float) * (_shape.ActionSize + 2L) + sizeof(double) + sizeof(int) + 2)
                + _maxCopies * (1 + sizeof(float) * (long)_shape.CoreStateSize)
                + sizeof(double) * (1 + 2L * format.ObservationSize)
                + MessageOverhead;
            return (int)Math.Min(FleetMethods.MaxMessageSize, bytes + bytes / 100); // what cannot be packed grows a little
        }
    }

    /// <summary>The checks of a run.</summary>
    /// <param name="pipeline">Its environments, or others like them.</param>
    /// <param name="spec">Network that will read the unrolls.</param>
    /// <param name="shape">Shape of its unrolls; copies aside.</param>
    /// <param name="settings">The run.</param>
    public static UnrollChecks For(
        EnvironmentPipeline pipeline,
        NetworkSpec spec,
        UnrollShape shape,
        TrainingSettings settings
    ) =>
        new(
            spec,
            shape,
            settings.Agent,
            pipeline.Environment.Spec.ObservationSpace,
            FormerUnrolls.Of(shape, pipeline.Environment.Spec.ObservationSpace, settings.Wrappers)
        )
        {
            RewardLimit =
                settings.Wrappers.RewardClip > 0 ? settings.Wrappers.RewardClip
                : settings.Wrappers.NormalizeRewards ? RunningStatistics.Clip
                : LargestReward,
        };

    /// <summary>Why unrolls of a shape are not wanted; null where they are.</summary>
    public string? Refusal(UnrollShape shape)
    {
        UnrollShape wanted = shape with { Copies = _shape.Copies };
        if (wanted != _shape && wanted != _former?.Shape)
        {
            return $"it is {Describe(shape)}, but this run needs {Describe(_shape with { Copies = shape.Copies })}";
        }
        return shape.Copies > _maxCopies || _maxCopies % shape.Copies != 0
            ? $"it has {shape.Copies} copies, which do not divide the run's {_maxCopies}"
            : null;
    }

    /// <summary>Why the numbers of an unroll cannot be; null where they can.</summary>
    public string? Defect(Unroll unroll) =>
        HeaderDefect(unroll)
        ?? LargeDefect("rewards", unroll.Rewards, RewardLimit)
        ?? LogProbDefect(unroll)
        ?? (_actions is null ? LargeDefect("actions", unroll.Actions, LargestAction) : _actions.Defect("action", unroll.Actions))
        ?? LargeDefect("initial_core_state", unroll.InitialCoreState, LargestCoreState)
        ?? ObservationsOf(unroll).Defect("observation", unroll.Observations.Bytes, unroll.Shape.Observations.IsBytes)
        ?? ObservationsOf(unroll).Defect("final observation", unroll.FinalFrames, unroll.Shape.Observations.IsBytes)
        ?? EpisodeDefect(unroll)
        ?? MomentsDefect(unroll);

    private SpaceLimits ObservationsOf(Unroll unroll) => unroll.Header.HasRawObservations ? _observations : _formerObservations!;

    private string? HeaderDefect(Unroll unroll)
    {
        UnrollHeader header = unroll.Header;
        if (header.ParameterVersion > MostUpdates)
        {
            return $"nobody has taken {header.ParameterVersion} optimiser steps";
        }
        if (header.AgentIndex != 0)
        {
            return $"it is of agent {header.AgentIndex} of its environment, but in this run there is one";
        }
        if (!header.HasRawObservations && _former is null)
        {
            return "its observations are not raw, which this run's never were";
        }
        UnrollShape wanted = header.HasRawObservations ? _shape : _former!.Shape;
        return unroll.Shape with { Copies = wanted.Copies } == wanted
            ? null
            : $"it is {Describe(unroll.Shape)}, but its observations are {(header.HasRawObservations ? "" : "not ")}raw";
    }

    private static string? LargeDefect(string name, ReadOnlySpan<float> values, float limit) =>
        !values.IsEmpty && MathF.Abs(TensorPrimitives.MaxMagnitude(values)) is var largest && !(largest <= limit)
            ? $"{name} holds {largest}, beyond ±{limit}"
            : null;

    private string? LogProbDefect(Unroll unroll)
    {
        ReadOnlySpan<float> logProbs = unroll.BehaviourLogProbs;
        if (LargeDefect("behaviour_log_probs", logProbs, LargestLogProb * Math.Max(1, _shape.ActionSize)) is { } large)
        {
            return large;
        }
        if (_spec.ActionSpace is Box || TensorPrimitives.Max(logProbs) <= LogProbTolerance)
        {
            return null;
        }
        int row = TensorPrimitives.IndexOfMax(logProbs);
        return $"the log-probability {logProbs[row]} of row {row} is above 0";
    }

    private static string? EpisodeDefect(Unroll unroll)
    {
        if (unroll.Episodes.Count > unroll.FinalRows.Count)
        {
            return $"it has the scores of {unroll.Episodes.Count} episodes, but {unroll.FinalRows.Count} ended in it";
        }
        foreach (CompletedEpisode episode in unroll.Episodes)
        {
            if (!(Math.Abs(episode.Return) <= LargestScore * episode.Length))
            {
                return $"an episode of {episode.Length} steps scored {episode.Return}";
            }
        }
        return null;
    }

    // The reader has checked that they are a count, means and squared deviations of at most as many rows as there are.
    private string? MomentsDefect(Unroll unroll)
    {
        ReadOnlySpan<double> moments = unroll.ObservationMoments;
        if (moments.IsEmpty)
        {
            return null;
        }
        if (unroll.Header.HasRawObservations)
        {
            return "it has observation_moments beside raw observations, which tell them themselves";
        }
        if (_formerNormalized is not { } limits)
        {
            return "it has observation_moments, but this run does not normalise observations";
        }
        double count = moments[0];
        for (int i = 0; i < limits.Low.Length && count > 0; i++)
        {
            (double low, double high) = (limits.Low[i], limits.High[i]);
            double mean = moments[1 + i];
            double deviations = moments[1 + limits.Low.Length + i];
            // Within bounds, squared deviations are largest where half of the numbers lie at either bound.
            if (!(mean >= low && mean <= high && deviations <= count * (high - low) * (high - low) / 4 * 1.001))
            {
                return $"observation_moments hold a mean of {mean} with squared deviations of {deviations} over {count} rows, which values from {low} to {high} cannot have";
            }
        }
        return null;
    }

    private static string Describe(UnrollShape shape) =>
        $"{shape.Steps} steps of {shape.Observations.Frames} × {shape.Observations.FrameSize} {(shape.Observations.IsBytes ? "bytes" : "floats")}, "
        + $"actions of {shape.ActionSize}, core state of {shape.CoreStateSize}";
}

using Environments.Spaces;
using Environments.Wrappers;
using Fleet.Checks;
using Learners.Composition;
using Learners.Impala;
using Protos;
using Xunit;

namespace Tests.FleetTests.Checks;

/// <summary>Numbers that are finite and still cannot be: they are refused by name, and what can be is not.</summary>
public sealed class UnrollChecksTests : IDisposable
{
    private readonly FleetParts _plain = new();
    private readonly FleetParts _normalized = new(normalize: true);

    public static TheoryData<string, Action<Unroll>, string> Impossible =>
        new()
        {
            { "reward", unroll => unroll.Rewards[1] = 1e9f, "rewards holds 1E+09, beyond ±100000000" },
            {
                "bounded observation",
                unroll => unroll.Observations.Write(1, [0, 0, 0, 0, 4.9f, 0, 0, 0]),
                "observation 4.9 of row 3 is not in Box"
            },
            {
                "last observation",
                unroll => unroll.Observations.Write(2, [0, 0, -0.5f, 0, 0, 0, 0, 0]),
                "observation -0.5 of row 4 is not in Box"
            },
            {
                "unbounded observation",
                unroll => unroll.Observations.Write(0, [0, 3e38f, 0, 0, 0, 0, 0, 0]),
                "observation 3E+38 of row 0 is not in Box"
            },
            { "final observation", unroll => End(unroll, 1, [-5, 0, 0, 0]), "final observation -5 of row 0 is not in Box" },
            { "parameters", unroll => Version(unroll, 1L << 62), "nobody has taken 4611686018427387904 optimiser steps" },
            { "log-probability", unroll => unroll.BehaviourLogProbs[2] = 0.01f, "0.01 of row 2 is above 0" },
            {
                "improbable action",
                unroll => unroll.BehaviourLogProbs[2] = -1_001,
                "behaviour_log_probs holds 1001, beyond ±1000"
            },
            { "action", unroll => unroll.Actions[3] = -1, "action -1 of row 3 is not in Discrete(2)" },
            { "score", unroll => Score(unroll, 1e300), "an episode of 3 steps scored 1E+300" },
            { "scores", unroll => unroll.AddEpisode(new CompletedEpisode(1, 1)), "the scores of 1 episodes, but 0 ended in it" },
            { "moments", unroll => Moments(unroll, 0, 0), "observation_moments beside raw observations" },
            {
                "former moments",
                unroll =>
                {
                    Former(unroll);
                    Moments(unroll, 0, 0);
                },
                "this run does not normalise observations"
            },
            {
                "another agent",
                unroll => unroll.Header = unroll.Header with { AgentIndex = 1 },
                "it is of agent 1 of its environment, but in this run there is one"
            },
        };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Defect_NumberThatCannotBe_IsNamed(string what, Action<Unroll> spoil, string expected)
    {
        Unroll unroll = _plain.Unroll(0);
        Assert.Null(_plain.Hub.Checks.Defect(unroll));

        spoil(unroll);

        string? defect = _plain.Hub.Checks.Defect(unroll);
        Assert.True(defect?.Contains(expected, StringComparison.Ordinal), $"{what}: {defect}");
    }

    [Fact]
    public void Defect_NumbersAtTheirLimits_AreFine()
    {
        Unroll unroll = _plain.Unroll(0);
        // What rounding adds to a bound is not held against a simulator.
        unroll.Observations.Write(0, [4.80001f, 1e15f, -0.41888f, -1e15f, 0, 0, 0, 0]);
        unroll.Rewards[0] = -1e8f;
        unroll.BehaviourLogProbs[0] = 1e-4f;
        unroll.BehaviourLogProbs[1] = -1_000;
        unroll.Actions[0] = 1;
        End(unroll, 1, [-4.8f, 0, 0, 0]);
        unroll.AddEpisode(new CompletedEpisode(-3e12, 3));
        Version(unroll, 1L << 53);

        Assert.Null(_plain.Hub.Checks.Defect(unroll));
    }

    [Theory]
    [InlineData(0.3, 0.1, null)]
    [InlineData(4.9, 0, "a mean of 4.9 ")]
    [InlineData(0, 200, "squared deviations of 200 ")]
    [InlineData(float.MaxValue, 0, "a mean of 3.4")]
    public void Defect_MomentsOfObservations_AreThoseOfTheirSpace(double mean, double deviations, string? expected)
    {
        Unroll unroll = Former(_normalized.Unroll(0));
        Moments(unroll, mean, deviations);

        string? defect = _normalized.Hub.Checks.Defect(unroll);

        Assert.True(expected is null ? defect is null : defect?.Contains(expected, StringComparison.Ordinal), defect);
    }

    [Fact]
    public void Defect_FormerNormalisedObservations_AreThoseAfterNormalisation()
    {
        Unroll unroll = Former(_normalized.Unroll(0));
        unroll.Observations.Write(0, [10, -10, 10, -10, 0, 0, 0, 0]);
        Assert.Null(_normalized.Hub.Checks.Defect(unroll));

        unroll.Observations.Write(0, [10.1f, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Contains("observation 10.1 of row 0", _normalized.Hub.Checks.Defect(unroll), StringComparison.Ordinal);
    }

    [Fact]
    public void Defect_RawObservationsOfARunThatNormalises_AreThoseOfTheTask()
    {
        Unroll unroll = _normalized.Unroll(0);
        unroll.Observations.Write(0, [4.8f, 1e10f, 0, 0, 0, 0, 0, 0]);
        Assert.Null(_normalized.Hub.Checks.Defect(unroll));

        unroll.Observations.Write(0, [4.9f, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Contains("observation 4.9 of row 0", _normalized.Hub.Checks.Defect(unroll), StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_ScaledBytes_TakesRawBytesAndTheFloatsOfFormerJournals()
    {
        using FleetParts parts = Parts("MinAtar/Breakout-v1", new WrapperSettings { ObservationScale = 0.5f, FrameStack = 2 });
        ObservationFormat raw = parts.Shape.Observations;
        UnrollShape former = parts.Shape with { Observations = new ObservationFormat(raw.ObservationSize) };
        var mislabelled = new Unroll(former with { Copies = 2 });

        Assert.Equal((true, 2), (raw.IsBytes, raw.Frames));
        Assert.Null(parts.Hub.Checks.Refusal(parts.Shape));
        Assert.Null(parts.Hub.Checks.Refusal(former));
        Assert.Contains("but its observations are raw", parts.Hub.Checks.Defect(mislabelled), StringComparison.Ordinal);
        Assert.Null(parts.Hub.Checks.Defect(Former(mislabelled)));
    }

    [Theory]
    [InlineData(0.5f, 0, 0.4f, true)]
    [InlineData(0.5f, 0, 0.6f, false)]
    [InlineData(0, 1, 10, true)]
    [InlineData(0, 1, 11, false)]
    public void Defect_ClippedOrNormalisedRewards_AreHeldToThat(float clip, int normalize, float reward, bool expected)
    {
        using FleetParts parts = Parts(
            "CartPole-v1",
            new WrapperSettings { RewardClip = clip, NormalizeRewards = normalize == 1 }
        );
        Unroll unroll = parts.Unroll(0, reward: 0);
        unroll.Rewards[2] = reward;

        Assert.Equal(expected, parts.Hub.Checks.Defect(unroll) is null);
    }

    [Theory]
    [InlineData("MinAtar/Breakout-v1", 0, 1, 2)] // bytes of 0 and 1
    [InlineData("Taxi-v3", 0, 499, 500)] // one integer
    public void Defect_SpacesOfWholeNumbers_HoldNothingElse(string id, float first, float second, float wrong)
    {
        using FleetParts parts = Parts(id, new WrapperSettings());
        int size = parts.Spec.ObservationSize;
        float[] rows = new float[2 * size];
        Unroll With(float value)
        {
            Unroll unroll = parts.Unroll(0);
            Array.Fill(rows, value);
            unroll.Observations.Write(1, rows);
            return unroll;
        }

        Assert.Null(parts.Hub.Checks.Defect(With(first)));
        Assert.Null(parts.Hub.Checks.Defect(With(second)));
        Assert.Contains($"observation {wrong} of row 2 ", parts.Hub.Checks.Defect(With(wrong)), StringComparison.Ordinal);
        if (!parts.Shape.Observations.IsBytes)
        {
            Assert.Contains("observation 0.5 of row 2 ", parts.Hub.Checks.Defect(With(0.5f)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Defect_Dictionary_HoldsEachEntryToItsSpace()
    {
        var space = new Dict(
            KeyValuePair.Create<string, Space>("picture", new Box(0, 7, 3) { ElementType = ElementType.UInt8 }),
            KeyValuePair.Create<string, Space>("direction", new Discrete(4)),
            KeyValuePair.Create<string, Space>("numbers", new MultiDiscrete(2, 3)),
            KeyValuePair.Create<string, Space>("bits", new MultiBinary(2)),
            KeyValuePair.Create<string, Space>("speed", new Box(-1, 1, 1))
        );
        var limits = new SpaceLimits(space, largest: 1e15f);
        float[] row = [0, 7, 1, 3, 1, 2, 0, 1, -0.5f];
        Assert.Null(limits.Defect("observation", row));
        foreach (
            (int element, float value) in ((int, float)[])
                [(1, 8), (2, 0.5f), (3, 4), (4, 2), (5, -1), (7, 2), (6, 0.5f), (8, 1.5f)]
        )
        {
            float[] rows = [.. row, .. row];
            rows[row.Length + element] = value;

            string? defect = limits.Defect("observation", rows);

            Assert.StartsWith($"observation {value} of row 1 is not in Dict", defect, StringComparison.Ordinal);
            Assert.EndsWith($"(element {element})", defect, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Defect_StackOfFrames_IsCheckedFrameByFrameWithItsHistory()
    {
        using FleetParts parts = Parts("CartPole-v1", new WrapperSettings { FrameStack = 3 });
        Unroll unroll = parts.Unroll(0);
        float[] rows = new float[2 * 12];
        rows[4] = 4.9f; // the second of the first copy's three frames
        unroll.Observations.Write(0, rows);

        Assert.Contains("observation 4.9 of row ", parts.Hub.Checks.Defect(unroll), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CartPole-v1", 4)]
    [InlineData("MinAtar/Breakout-v1", 4)]
    [InlineData("Pendulum-v1", 8)]
    public void LargestMessage_UnrollWhereEveryStepEndsAnEpisode_FitsAndLittleMoreDoes(string id, int copies)
    {
        using FleetParts parts = Parts(id, new WrapperSettings(), copies);
        var unroll = new Unroll(parts.Shape);
        var random = new Environments.Randomness.Pcg64(1);
        foreach (ref byte number in unroll.Observations.Bytes)
        {
            number = (byte)random.NextInt(0, 256); // which cannot be packed
        }
        var final = new float[parts.Spec.ObservationSize];
        for (int row = 0; row < unroll.Rewards.Length; row++)
        {
            unroll.Terminated[row] = true;
            unroll.AddFinalObservation(row, final);
            unroll.AddEpisode(new CompletedEpisode(row, 1));
        }

        int bytes = ProtoTests.Fleet.Wire.Write(new Protos.Fleet.ActorFrame { Unroll = unroll }).Length;

        Assert.InRange(parts.Hub.Checks.LargestMessage, bytes, 2 * bytes + (128 << 10));
    }

    public void Dispose()
    {
        _plain.Dispose();
        _normalized.Dispose();
    }

    private static FleetParts Parts(string id, WrapperSettings wrappers, int copies = 4) =>
        new(
            settings: new TrainingSettings
            {
                Environment = id,
                Agent = new ImpalaSettings { Copies = copies, UnrollLength = 2 },
                Wrappers = wrappers,
                Fleet = new FleetSettings { CopiesPerActor = 2 },
            }
        );

    private static void End(Unroll unroll, int row, float[] final)
    {
        unroll.Terminated[row] = true;
        unroll.EpisodeStarts[row + unroll.Copies] = true;
        unroll.AddFinalObservation(row, final);
    }

    // As version 1 of the protocol sent it.
    private static Unroll Former(Unroll unroll)
    {
        unroll.Header = unroll.Header with { HasRawObservations = false };
        return unroll;
    }

    private static void Score(Unroll unroll, double score)
    {
        End(unroll, 1, new float[4]);
        unroll.AddEpisode(new CompletedEpisode(score, 3));
    }

    private static void Version(Unroll unroll, long version) => unroll.Header = unroll.Header with { ParameterVersion = version };

    private static void Moments(Unroll unroll, double mean, double deviations)
    {
        Span<double> moments = unroll.MakeObservationMoments(9);
        moments.Clear();
        (moments[0], moments[1], moments[5]) = (4, mean, deviations);
    }
}

using Environments.State;
using Learners.Auxiliary;
using Learners.Batches;
using Learners.Composition;
using Learners.Ppo;
using Xunit;

namespace Tests.LearnerTests.Skills;

/// <summary>When a guide acts, and that what it does is not counted.</summary>
public sealed class GuideTests
{
    private const int Copies = 4;

    private static TrainingSettings Run { get; } =
        new()
        {
            Seed = 3,
            TotalSteps = 4_000, // 1,000 of each copy
            Agent = new PpoSettings { Copies = Copies },
        };

    private static GuideSettings Guide { get; } = new() { Longest = 20, Share = 0.5f };

    [Fact]
    public void Advance_EpisodesOfThirtySteps_AreGuidedAtTheirBeginningsUntilTheShareIsOver()
    {
        bool[][] guided = Play(GuideClock.Of(Guide, Run), 0, 1_000);

        var lengths = new List<int>();
        for (int copy = 0; copy < Copies; copy++)
        {
            for (int first = 0; first + 30 <= 1_000; first += 30)
            {
                bool[] episode = [.. guided[first..(first + 30)].Select(step => step[copy])];
                int length = episode.Count(step => step);
                Assert.All(episode[..length], Assert.True); // at the beginning, without a gap
                Assert.True(length < 20 && (copy > 0 || length == 0) && (first < 500 || length == 0), $"{copy} {first} {length}");
                if (copy > 0 && first < 500)
                {
                    lengths.Add(length);
                }
            }
        }
        Assert.True(lengths.Distinct().Count() > 10); // 51 draws of 20 numbers
        Assert.InRange(lengths.Average(), 6, 13);
    }

    [Fact]
    public void LoadState_InTheMiddleOfAnEpisode_GoesOn()
    {
        GuideClock clock = GuideClock.Of(Guide, Run);
        Play(clock, 0, 45);
        var state = new StateDictionary();
        clock.SaveState(state);
        bool[][] expected = Play(clock, 45, 300);

        GuideClock other = GuideClock.Of(Guide, Run);
        other.LoadState(state);

        Assert.Equal(expected, Play(other, 45, 300));
    }

    /// <summary>Two halves of the copies, which are stepped by turns, are told what one batch is told.</summary>
    [Fact]
    public void Advance_InParts_SaysTheSame()
    {
        bool[][] whole = Play(GuideClock.Of(Guide, Run), 0, 200);
        GuideClock clock = GuideClock.Of(Guide, Run);
        var guided = new bool[2];
        for (int step = 0; step < 200; step++)
        {
            bool[] starts = [step % 30 == 0, step % 30 == 0];
            clock.Advance(0, starts, guided);
            Assert.Equal(whole[step][..2], guided);
            clock.Advance(2, starts, guided);
            Assert.Equal(whole[step][2..], guided);
        }
    }

    [Fact]
    public void Normalize_WithWeights_LeavesGuidedSamplesOut()
    {
        float[] advantages = [100, 1, 2, 3, -50];

        AdvantageScale.Normalize(advantages, [0, 5f / 3, 5f / 3, 5f / 3, 0]);

        Assert.Equal(-1, advantages[1], 1e-5);
        Assert.Equal(0, advantages[2], 1e-5);
        Assert.Equal(1, advantages[3], 1e-5);
    }

    private static bool[][] Play(GuideClock clock, int from, int to)
    {
        var steps = new List<bool[]>();
        for (int step = from; step < to; step++)
        {
            var guided = new bool[Copies];
            clock.Advance(0, [.. Enumerable.Repeat(step % 30 == 0, Copies)], guided);
            steps.Add(guided);
        }
        return [.. steps];
    }
}

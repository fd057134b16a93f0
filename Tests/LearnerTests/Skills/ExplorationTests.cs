using Agents.Distributions;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.Skills;
using Xunit;

namespace Tests.LearnerTests.Skills;

/// <summary>How a discovery explores, and what it remembers of earlier skills.</summary>
public sealed class ExplorationTests
{
    [Fact]
    public void RaiseLogDeviations_TheLargest_BecomesOneAndOthersFollow()
    {
        Assert.Equal(0.539742, ExplorationNoise.Unit(1), 1e-6);
        Assert.Equal(0, ExplorationNoise.Unit(0.694147), 1e-5);
        float[] logs = [MathF.Log(0.3f), MathF.Log(0.1f)];

        ExplorationNoise.RaiseLogDeviations(logs);

        Assert.Equal(0, logs[0], 1e-6);
        double unit = Math.Log(Math.Exp(0.099) - 1) + 0.539742 - Math.Log(Math.Exp(0.299) - 1);
        Assert.Equal(Math.Log(Math.Log(1 + Math.Exp(unit)) + 0.001), logs[1], 1e-5);
    }

    [Fact]
    public void Choose_DiscreteActions_AreAsLikelyAsOneAnother()
    {
        var family = ActionDistribution.For(new Discrete(4));
        var random = new Pcg64(1);
        var counts = new int[4];
        var action = new float[1];
        for (int i = 0; i < 4_000; i++)
        {
            ExplorationNoise.Instance.Choose(family, [100, 0, -100, 0], ref random, action);
            counts[(int)action[0]]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 880, 1_120));
    }

    [Fact]
    public void Choose_ContinuousActions_LieAroundTheMeansWithDeviationOne()
    {
        var family = ActionDistribution.For(new Box(-1, 1, 1));
        var random = new Pcg64(1);
        var action = new float[1];
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 4_000; i++)
        {
            ExplorationNoise.Instance.Choose(family, [3, -4], ref random, action);
            sum += action[0];
            squares += (action[0] - 3) * (action[0] - 3);
        }
        Assert.Equal(3, sum / 4_000, 0.06);
        Assert.Equal(1, Math.Sqrt(squares / 4_000), 0.05);
    }

    [Fact]
    public void Add_MoreRowsThanThereIsRoom_KeepsEachWithTheSameChance()
    {
        var memory = new NegativeMemory(1, 500, new SeedSequence(4));
        for (int i = 0; i < 10; i++)
        {
            memory.Add([.. Enumerable.Range(0, 1_000).Select(row => (float)(i * 1_000 + row))]);
        }

        Assert.Equal(500, memory.Count);
        Assert.Equal(10_000, memory.Seen);
        int[] tenths = [.. Enumerable.Range(0, 10).Select(i => memory.Rows().ToArray().Count(row => (int)row / 1_000 == i))];
        Assert.All(tenths, count => Assert.InRange(count, 25, 80)); // 50 each, within four deviations
    }

    [Fact]
    public void LoadState_OfAMemory_GoesOnAsItWould()
    {
        var memory = new NegativeMemory(2, 10, new SeedSequence(4));
        float[] rows = [.. Enumerable.Range(0, 100).Select(i => (float)i)];
        memory.Add(rows);
        var state = new StateDictionary();
        memory.SaveState(state);
        memory.Add(rows);

        var other = new NegativeMemory(2, 10, new SeedSequence(9));
        other.LoadState(state);
        other.Add(rows);

        Assert.Equal(memory.Rows().ToArray(), other.Rows().ToArray());
        Assert.Throws<InvalidDataException>(() => new NegativeMemory(3, 10, new SeedSequence(4)).LoadState(state));
        Assert.Throws<InvalidDataException>(() => new NegativeMemory(2, 9, new SeedSequence(4)).LoadState(state));
    }
}

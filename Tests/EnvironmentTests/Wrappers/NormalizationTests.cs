using Environments;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class NormalizationTests
{
    private static readonly float[] Idle = [0, 0];

    [Fact]
    public void Step_EpisodeEnds_NormalizesFinalObservationsWithoutCountingThem()
    {
        using var environment = new ObservationNormalization(
            new ScriptedEnvironment(1, new ScriptedStep(3), new ScriptedStep(2, 0, Truncated: true, Final: 50))
        );
        environment.Reset(0);
        environment.Step(Idle);
        environment.Step(Idle);
        var expected = new RunningStatistics(1);
        expected.Update([1]);
        expected.Update([3]);
        expected.Update([2]);
        Assert.Equal(expected.Mean, environment.Statistics.Mean);
        Assert.Equal(expected.Variance, environment.Statistics.Variance);
        var row = new float[1];
        expected.Normalize([2], row);
        Assert.Equal(row[0], environment.Observations[0]);
        expected.Normalize([50], row);
        Assert.Equal(row[0], environment.FinalObservations[0]);
        Assert.Equal(10, row[0]);
    }

    [Fact]
    public void Step_Frozen_UsesTheGivenStatisticsAndLeavesThemAlone()
    {
        var statistics = new RunningStatistics(1);
        statistics.Update([0, 10]);
        double[] before = [statistics.Count, statistics.Mean[0], statistics.Variance[0]];
        using var environment = new ObservationNormalization(new ScriptedEnvironment(5, new ScriptedStep(10)), statistics)
        {
            Frozen = true,
        };
        environment.Reset(0);
        environment.Step(Idle);
        Assert.Equal(before, new[] { statistics.Count, statistics.Mean[0], statistics.Variance[0] });
        Assert.Same(statistics, environment.Statistics);
        Assert.Equal(1, environment.Observations[0], 1e-3f);
    }

    [Fact]
    public void LoadState_SavedLayer_ShowsTheSavedObservations()
    {
        using var original = new ObservationNormalization(EnvironmentRegistry.Default.Make("Pendulum-v1", 2));
        original.Reset(1);
        original.Step([1, -1]);
        var state = new StateDictionary();
        original.SaveState(state);
        using var restored = new ObservationNormalization(EnvironmentRegistry.Default.Make("Pendulum-v1", 2));
        restored.LoadState(state);
        Assert.Equal(original.Observations, restored.Observations);
    }

    [Fact]
    public void Spec_NormalizedObservations_IsTheClippedBoxOfTheSameShape()
    {
        using var environment = new ObservationNormalization(EnvironmentRegistry.Default.Make("Acrobot-v1"));
        Assert.Equal(new Box(-10, 10, 6), environment.Spec.ObservationSpace);
    }

    [Fact]
    public void Create_ObservationsThatCannotBeNormalized_ThrowsAndNamesThem()
    {
        using var discrete = new ScriptedEnvironment(0)
        {
            Spec = new EnvironmentSpec("Maze-v0", new Discrete(16), new Discrete(4)),
        };
        var error = Assert.Throws<ArgumentException>(() => new ObservationNormalization(discrete));
        Assert.Contains("Discrete(16)", error.Message, StringComparison.Ordinal);
        using var box = new ScriptedEnvironment(0);
        Assert.Throws<ArgumentException>(() => new ObservationNormalization(box, new RunningStatistics(2)));
        Assert.Throws<ArgumentException>(() => new RewardNormalization(box, 0.99, new RunningStatistics(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RewardNormalization(box, 1.01));
    }

    [Fact]
    public void Step_Rewards_AreDividedByTheDeviationOfTheDiscountedReturn()
    {
        using var environment = new RewardNormalization(
            new ScriptedEnvironment(
                0,
                new ScriptedStep(0, 1),
                new ScriptedStep(0, 2),
                new ScriptedStep(0, -4, Terminated: true),
                new ScriptedStep(0, 3)
            ),
            discount: 0.5
        );
        var expected = new RunningStatistics(1);
        environment.Reset(0);
        // R = 1, then 0.5 + 2, then 1.25 − 4; the episode ended there, so the next one starts from 0.
        foreach ((float reward, float discounted) in new[] { (1f, 1f), (2f, 2.5f), (-4f, -2.75f), (3f, 3f) })
        {
            environment.Step(Idle);
            expected.Update([discounted]);
            double wanted = Math.Clamp(reward / Math.Sqrt(expected.Variance[0] + 1e-8), -10, 10);
            Assert.Equal(wanted, environment.Rewards[0], 1e-6);
            Assert.Equal(expected.Variance[0], environment.Statistics.Variance[0]);
        }
    }

    [Fact]
    public void Step_ConstantReturn_ClipsAndGivesNoNaN()
    {
        ScriptedStep[] script = [.. Enumerable.Repeat(new ScriptedStep(0, 1), 5000)];
        using var environment = new RewardNormalization(new ScriptedEnvironment(0, script), discount: 0);
        environment.Reset(0);
        for (int t = 0; t < script.Length; t++)
        {
            environment.Step(Idle);
            Assert.InRange(environment.Rewards[0], 0, 10);
        }
        Assert.Equal(10, environment.Rewards[0]);
    }

    [Fact]
    public void Step_FrozenRewards_LeaveTheStatisticsAlone()
    {
        using var environment = new RewardNormalization(
            new ScriptedEnvironment(0, new ScriptedStep(0, 1), new ScriptedStep(0, 4), new ScriptedStep(0, 8))
        );
        environment.Reset(0);
        environment.Step(Idle);
        environment.Step(Idle);
        environment.Frozen = true;
        double variance = environment.Statistics.Variance[0];
        environment.Step(Idle);
        Assert.Equal(variance, environment.Statistics.Variance[0]);
        Assert.Equal(8 / Math.Sqrt(variance + 1e-8), environment.Rewards[0], 1e-5);
    }
}

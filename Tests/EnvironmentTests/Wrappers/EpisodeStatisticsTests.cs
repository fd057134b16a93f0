using Environments;
using Environments.Randomness;
using Environments.State;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class EpisodeStatisticsTests
{
    private static readonly float[] Idle = [0, 0];

    [Fact]
    public void Step_EpisodesEnd_ReportsReturnAndLengthOfExactlyThose()
    {
        using var environment = new EpisodeStatistics(
            new ScriptedEnvironment(
                0,
                new ScriptedStep(0, 1),
                new ScriptedStep(0, 2, Terminated: true),
                new ScriptedStep(0, 5, Truncated: true),
                new ScriptedStep(0, 7)
            )
        );
        environment.Reset(0);
        environment.Step(Idle);
        Assert.True(environment.Completed.IsEmpty);
        environment.Step(Idle);
        Assert.Equal([new EpisodeResult(0, 3, 2)], environment.Completed.ToArray());
        environment.Step(Idle);
        Assert.Equal([new EpisodeResult(0, 5, 1)], environment.Completed.ToArray());
        environment.Step(Idle);
        Assert.True(environment.Completed.IsEmpty);
        Assert.Equal((7, 1), (environment.Returns[0], environment.Lengths[0]));
        environment.Reset(0);
        Assert.Equal((0, 0), (environment.Returns[0], environment.Lengths[0]));
    }

    [Fact]
    public void LoadState_OfACheckpointWithAnActionClipAround_GoesOnFromThere()
    {
        using IBatchedEnvironment first = Pendulums();
        using IBatchedEnvironment second = Pendulums();
        first.Reset(3);
        first.Step(Idle);
        var state = new StateDictionary();
        first.SaveState(state.Scope("inner")); // the clip had nothing to save of its own

        second.Reset(4);
        second.LoadState(state);

        first.Step(Idle);
        second.Step(Idle);
        Assert.Equal(first.Observations, second.Observations);
        Assert.Equal(((EpisodeStatistics)first).Returns, ((EpisodeStatistics)second).Returns);

        static EpisodeStatistics Pendulums() => new(EnvironmentRegistry.Default.Make("Pendulum-v1", 2));
    }

    [Fact]
    public void Step_EnvironmentThatResetsOneStepLater_DoesNotCountTheResettingStep()
    {
        using var environment = new EpisodeStatistics(
            new ScriptedEnvironment(
                0,
                new ScriptedStep(0, 1, Terminated: true),
                new ScriptedStep(0),
                new ScriptedStep(0, 4, Terminated: true)
            )
            {
                AutoresetMode = AutoresetMode.NextStep,
            }
        );
        environment.Reset(0);
        environment.Step(Idle);
        environment.Step(Idle);
        Assert.True(environment.Completed.IsEmpty);
        environment.Step(Idle);
        Assert.Equal([new EpisodeResult(0, 4, 1)], environment.Completed.ToArray());
    }

    [Fact]
    public void Step_SeveralCopies_ReportsTheCopyAndCartPolesLengthAsItsReturn()
    {
        using var environment = new EpisodeStatistics(EnvironmentRegistry.Default.Make("CartPole-v1", 16));
        environment.Reset(2);
        var random = new Pcg64(2);
        var actions = new float[16];
        int episodes = 0;
        for (int t = 0; t < 500; t++)
        {
            foreach (ref float action in actions.AsSpan())
            {
                action = random.NextInt(0, 2);
            }
            environment.Step(actions);
            int ended = 0;
            foreach (EpisodeResult episode in environment.Completed)
            {
                Assert.True(environment.Terminated[episode.Copy] || environment.Truncated[episode.Copy]);
                Assert.Equal(episode.Length, episode.Return);
                ended++;
            }
            Assert.Equal(environment.Terminated.Count(true) + environment.Truncated.Count(true), ended);
            episodes += ended;
        }
        Assert.InRange(episodes, 200, 600);
    }
}

using Agents.Networks;
using Environments.Spaces;
using Learners.Stages;
using Protos;
using Xunit;

namespace Tests.LearnerTests.ActorCritic;

public sealed class UnrollEvaluatorTests
{
    /// <summary>A network whose value is the observation itself.</summary>
    private static IActorCriticNetwork Mirror()
    {
        var spec = new NetworkSpec(new Box(-100, 100, 1), new Discrete(2), new NetworkSettings { HiddenSizes = [] });
        var layout = new ParameterLayout(spec);
        var parameters = new float[layout.Count];
        layout["critic.head.weight"].In(parameters.AsSpan())[0] = 1;
        IActorCriticNetwork network = new ProgramNetwork(spec);
        network.LoadParameters(parameters);
        return network;
    }

    [Fact]
    public void Prepare_TruncatedStep_BootstrapsFromTheEpisodesOwnFinalObservation()
    {
        using IActorCriticNetwork network = Mirror();
        var unroll = new Unroll(new UnrollShape(1, 1, new ObservationFormat(1), 1, 0));
        unroll.Observations.Write(0, [5]); // V(s)
        unroll.Observations.Write(1, [-77]); // first observation of the next episode: must not count
        unroll.Rewards[0] = 1;
        unroll.Truncated[0] = true;
        unroll.AddFinalObservation(0, [10]);
        var batch = new UnrollEvaluator(network);

        batch.Prepare(unroll, 0.99f, 0.95f);

        Assert.Equal(5.9f, batch.Advantages[0], 1e-5); // 1 + 0.99 × 10 − 5
        Assert.Equal(10.9f, batch.Returns[0], 1e-5);
    }

    [Fact]
    public void Prepare_TerminatedStep_HasNoFuture()
    {
        using IActorCriticNetwork network = Mirror();
        var unroll = new Unroll(new UnrollShape(1, 1, new ObservationFormat(1), 1, 0));
        unroll.Observations.Write(0, [5]);
        unroll.Observations.Write(1, [-77]);
        unroll.Rewards[0] = 1;
        unroll.Terminated[0] = true;
        unroll.Truncated[0] = true; // both at once: termination decides
        unroll.AddFinalObservation(0, [10]);
        var batch = new UnrollEvaluator(network);

        batch.Prepare(unroll, 0.99f, 0.95f);

        Assert.Equal(-4f, batch.Advantages[0], 1e-5);
    }

    [Fact]
    public void Prepare_EndOfTheUnroll_BootstrapsFromTheRowBeyondIt()
    {
        using IActorCriticNetwork network = Mirror();
        var unroll = new Unroll(new UnrollShape(2, 2, new ObservationFormat(1), 1, 0));
        float[] observations = [1, 10, 2, 20, 3, 30];
        for (int t = 0; t < 3; t++)
        {
            unroll.Observations.Write(t, observations.AsSpan(2 * t, 2));
        }
        var batch = new UnrollEvaluator(network);

        batch.Prepare(unroll, 0.5f, 0);

        Assert.Equal([0, 0, -0.5f, -5], batch.Advantages.ToArray()); // 0.5 V' − V
        Assert.Equal([1, 10, 2, 20], batch.Values.ToArray());
    }
}

using Actors;
using Agents.Networks;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments;
using Environments.Randomness;
using Environments.Wrappers;
using Learners.Returns;
using Learners.Stages;
using Protos;
using Tests.LearnerTests.Returns;
using Xunit;

namespace Tests.LearnerTests.Impala;

/// <summary>With unchanged parameters a learner that begins with the actor's core state finds every ratio to be 1.</summary>
public sealed class StoredStateTests
{
    private static readonly VTraceClips Wide = new(1e6f, 1e6f, 1e6f);

    [Theory]
    [InlineData("identity", false)]
    [InlineData("lstm", false)]
    [InlineData("lstm", true)]
    [InlineData("gru", false)]
    public void Prepare_UnchangedParametersAndStoredState_EqualsTheUncorrectedReturns(string core, bool shared)
    {
        using IActorCriticNetwork network = Network(core, shared, out List<Unroll> unrolls);
        bool crossed = false;
        foreach (Unroll unroll in unrolls)
        {
            crossed |= unroll.FinalRows.Count > 0;
            (float[] corrected, float[] weighted) = Prepare(network, unroll, Wide);
            (float[] uncorrected, float[] advantages) = Prepare(network, unroll, null);

            Near.Equal([.. uncorrected], corrected, 1e-5);
            Near.Equal([.. advantages], weighted, 1e-5);
            Assert.All(Ratios(network, unroll), ratio => Assert.Equal(1, ratio, 1e-5));
        }
        Assert.True(crossed, "no episode ended");
    }

    [Fact]
    public void Prepare_ZeroState_IsOffUntilTheFirstEpisodeStarts()
    {
        using IActorCriticNetwork network = Network("lstm", shared: true, out List<Unroll> unrolls);
        Unroll unroll = unrolls.First(unroll =>
            !unroll.EpisodeStarts.Take(unroll.Copies).Any(start => start) && unroll.FinalRows.Count > 0
        );
        (float[] stored, _) = Prepare(network, unroll, Wide);
        Array.Clear(unroll.InitialCoreState);

        double[] ratios = Ratios(network, unroll);
        (float[] zero, _) = Prepare(network, unroll, Wide);

        Assert.True(Math.Abs(ratios[0] - 1) > 1e-3, $"the first ratio is {ratios[0]}");
        Assert.NotEqual(stored[0], zero[0]);
        int final = unroll.FinalRows[0];
        for (int row = final + unroll.Copies; row < ratios.Length; row += unroll.Copies)
        {
            Assert.Equal(1, ratios[row], 1e-5); // a new episode begins with zeros anyway
        }
    }

    [Fact]
    public void Prepare_LambdaZero_IsTheLimitOfSmallOnes()
    {
        using IActorCriticNetwork network = Network("identity", shared: false, out List<Unroll> unrolls);
        Unroll unroll = unrolls.First(unroll => unroll.FinalRows.Count > 0);

        (float[] targets, float[] advantages) = Prepare(network, unroll, new VTraceClips(), lambda: 0);
        (float[] nearTargets, float[] nearAdvantages) = Prepare(network, unroll, new VTraceClips(), lambda: 1e-6f);
        (_, float[] oneStep) = Prepare(network, unroll, null, lambda: 0);

        Near.Equal([.. nearTargets], targets, 1e-4);
        Near.Equal([.. nearAdvantages], advantages, 1e-4);
        Assert.True(Math.Abs(advantages[0] - oneStep[0]) > 1e-2, "the advantage looks one step ahead only");
    }

    [Fact]
    public void Prepare_AdvantagesThatAreNotWeighed_DifferByTheClippedRatioAlone()
    {
        using IActorCriticNetwork network = Network("identity", shared: false, out List<Unroll> unrolls);
        Unroll unroll = unrolls[1];
        for (int row = 0; row < unroll.BehaviourLogProbs.Length; row++)
        {
            unroll.BehaviourLogProbs[row] -= row % 3 - 1; // ratios of 1/e, 1 and e
        }
        var clips = new VTraceClips(2, 1, 1.5f);

        (float[] targets, float[] weighted) = Prepare(network, unroll, clips);
        (float[] sameTargets, float[] plain) = Prepare(network, unroll, clips with { WeighAdvantages = false });

        Assert.Equal(targets, sameTargets);
        double[] ratios = Ratios(network, unroll);
        Near.Equal([.. plain.Select((advantage, row) => Math.Min(1.5, ratios[row]) * advantage)], weighted, 1e-5);
        Assert.NotEqual(plain, weighted);
    }

    /// <summary>A network with memory, and three unrolls that it acted in.</summary>
    private static IActorCriticNetwork Network(string core, bool shared, out List<Unroll> unrolls)
    {
        EnvironmentPipeline pipeline = EnvironmentPipeline.ForTraining(
            EnvironmentRegistry.Default.Make("CartPole-v1", 3),
            new WrapperSettings(),
            0.99f
        );
        var settings = new NetworkSettings
        {
            HiddenSizes = [16],
            Core = core,
            CoreSize = 8,
            SharedTrunk = shared,
        };
        NetworkSpec spec = pipeline.NetworkFor(settings);
        var random = new Pcg64(11);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] += 0.3f * (float)random.NextGaussian(); // a policy of opinions: fresh heads are almost uniform
        }
        using var policy = new NetworkPolicy(spec, ActingPolicies.Sample);
        policy.LoadParameters(parameters, 0);
        using var recorder = new UnrollRecorder(new EnvironmentParts(pipeline), policy, 5, new Pcg64(6));
        unrolls = [];
        for (int i = 0; i < 4; i++)
        {
            var unroll = new Unroll(pipeline.ShapeFor(spec, steps: 15));
            recorder.Record(unroll);
            unrolls.Add(unroll);
        }
        IActorCriticNetwork network = new ProgramNetwork(spec);
        network.LoadParameters(parameters);
        return network;
    }

    private static (float[] Returns, float[] Advantages) Prepare(
        IActorCriticNetwork network,
        Unroll unroll,
        VTraceClips? clips,
        float lambda = 1
    )
    {
        var batch = new UnrollEvaluator(network);
        batch.Prepare(unroll, 0.99f, lambda, clips);
        return (batch.Returns.ToArray(), batch.Advantages.ToArray());
    }

    private static double[] Ratios(IActorCriticNetwork network, Unroll unroll)
    {
        var distribution = network.Spec.Distribution;
        int size = network.Spec.DistributionSize;
        var distributions = new float[(unroll.Steps + 1) * unroll.Copies * size];
        network.Unroll(
            unroll.Steps + 1,
            unroll.Observations.Read(unroll.EpisodeStarts),
            unroll.EpisodeStarts,
            (float[])unroll.InitialCoreState.Clone(),
            distributions,
            new float[(unroll.Steps + 1) * unroll.Copies]
        );
        return
        [
            .. unroll.BehaviourLogProbs.Select(
                (behaviour, row) =>
                    Math.Exp(
                        distribution.LogProb(distributions.AsSpan(row * size, size), unroll.Actions.AsSpan(row, 1)) - behaviour
                    )
            ),
        ];
    }
}

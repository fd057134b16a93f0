using Agents.Networks;
using Agents.Programs;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Engines;
using Learners.Objectives;
using Learners.Optimizers;
using Xunit;

namespace Tests.LearnerTests.Objectives;

/// <summary>A network without a policy has the heads of its settings and nothing else, and learns.</summary>
public sealed class WithoutPolicyTests
{
    private const int Steps = 6;
    private const int Sequences = 3;

    public static TheoryData<string, EngineKind> Networks
    {
        get
        {
            var data = new TheoryData<string, EngineKind>();
            foreach (string core in (string[])["identity", "lstm", "gtrxl"])
            {
                data.Add(core, EngineKind.Managed);
                data.Add(core, EngineKind.Torch);
            }
            return data;
        }
    }

    [Fact]
    public void Layout_HasOneTrunkWithoutPrefixAndTheHeadsOfItsSettings()
    {
        NetworkSpec spec = Spec("identity");

        Assert.Equal(
            [
                "encoder.0.weight",
                "encoder.0.bias",
                "heads.first.weight",
                "heads.first.bias",
                "heads.second.weight",
                "heads.second.bias",
            ],
            new ParameterLayout(spec).Slots.Select(slot => slot.Name)
        );
        Assert.False(spec.HasPolicy);
        Assert.Equal(["first", "second"], spec.Heads.Select(head => head.Name));
        Assert.True(spec.ResolvedSettings.SharedTrunk);
        Assert.Equal(spec, Spec("identity"));
        Assert.NotEqual(spec, new NetworkSpec(spec.ObservationSpace, new Discrete(2), spec.Settings));
        Assert.Contains("→ first, second", spec.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Spec_WithoutHeads_SaysThatNothingComesOut()
    {
        NetworkSpec spec = NetworkSpec.WithoutPolicy(new Box(-1, 1, 2), new NetworkSettings());

        string message = Assert.Throws<SettingsException>(() => new ParameterLayout(spec)).Message;

        Assert.Contains("network.heads is empty", message, StringComparison.Ordinal);
    }

    [Fact]
    public void PartsOfAPolicy_AreRefusedWithWhatThereIs()
    {
        NetworkSpec spec = Spec("identity");
        using var engine = GradientEngines.Create(EngineKind.Managed, spec, Parameters(spec));

        Assert.Contains("no policy", Assert.Throws<InvalidOperationException>(() => spec.ActionSpace).Message);
        Assert.Contains(
            "only the heads first, second",
            Assert.Throws<InvalidOperationException>(() => engine.Use([new ValueObjective(1)])).Message
        );
        Assert.Contains(
            "only the heads",
            Assert.Throws<InvalidOperationException>(() => engine.Use([new EntropyObjective(1)])).Message
        );
        Assert.Contains(
            "no head 'policy', only first, second",
            Assert
                .Throws<InvalidOperationException>(() => engine.Network.Unroll(1, new float[3], [true], [], new float[2], []))
                .Message
        );
        Assert.Contains(
            "no head 'third'",
            Assert
                .Throws<InvalidOperationException>(() =>
                    engine.Network.UnrollHeads(1, new float[3], [true], [], [new("third", new float[2])])
                )
                .Message
        );
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Backward_WithoutPolicy_LearnsAndLeavesLogProbsAlone(string core, EngineKind kind)
    {
        NetworkSpec spec = Spec(core);
        using IGradientEngine engine = GradientEngines.Create(kind, spec, Parameters(spec));
        Batch batch = Samples(spec);
        engine.Use([new SumObjective()]);
        var adam = new Adam(new ParameterLayout(spec).Count, new AdamSettings());
        float[] logProbs = new float[batch.Count];
        logProbs.AsSpan().Fill(7);
        var losses = new double[1];
        engine.Backward(batch, 0, losses, logProbs);
        double first = losses[0];
        for (int i = 0; i < 200; i++)
        {
            adam.Update(engine.Parameters, engine.Gradient, 1e-2f);
            engine.ParametersChanged();
            engine.Backward(batch, 0, losses, logProbs);
        }

        Assert.True(losses[0] < 0.2 * first, $"the loss went from {first} to {losses[0]}");
        Assert.All(logProbs, logProb => Assert.Equal(7, logProb));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void UnrollHeads_TwoSegmentsWithCarriedState_AreOneLongOne(string core, EngineKind kind)
    {
        NetworkSpec spec = Spec(core);
        using IGradientEngine engine = GradientEngines.Create(kind, spec, Parameters(spec));
        Batch batch = Samples(spec);
        ReadOnlySpan<float> observations = batch[Column.Observations(spec)].AsSpan(0, batch.Count * 3);
        float[] first = new float[batch.Count * 2];
        float[] second = new float[batch.Count];
        float[] state = new float[Sequences * spec.CoreStateSize];
        engine.Network.UnrollHeads(Steps, observations, batch.EpisodeStarts, state, [new("first", first), new("second", second)]);

        float[] again = new float[Sequences * spec.CoreStateSize];
        int half = batch.Count / 2;
        float[] early = new float[half * 2];
        float[] late = new float[half * 2];
        ReadOnlySpan<bool> starts = batch.EpisodeStarts;
        engine.Network.UnrollHeads(Steps / 2, observations[..(half * 3)], starts[..half], again, [new("first", early)]);
        engine.Network.UnrollHeads(Steps / 2, observations[(half * 3)..], starts[half..], again, [new("first", late)]);

        // A product of torch may take another number of rows in another order.
        float tolerance = kind == EngineKind.Torch ? 1e-6f : 0;
        Assert.All(first.Zip((float[])[.. early, .. late]), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        Assert.All(state.Zip(again), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        Assert.True(second.ContainsAnyExcept(0f));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void CoreState_AfterAMinibatch_IsThatOfStepping(string core, EngineKind kind)
    {
        NetworkSpec spec = Spec(core);
        using IGradientEngine engine = GradientEngines.Create(kind, spec, Parameters(spec));
        Batch batch = Samples(spec);
        engine.Use([new SumObjective()]);
        engine.CarriesState = true;
        engine.Backward(batch, 0, new double[1], []);
        float[] carried = new float[Sequences * spec.CoreStateSize];

        bool given = engine.TryGetCoreState(carried);

        Assert.Equal(core == "lstm", given); // a transformer's form for gradients has no last state, and no memory has none either
        if (given)
        {
            float[] stepped = new float[carried.Length];
            ReadOnlySpan<float> observations = batch[Column.Observations(spec)].AsSpan(0, batch.Count * 3);
            engine.Network.UnrollHeads(Steps, observations, batch.EpisodeStarts, stepped, []);
            Assert.All(carried.Zip(stepped), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    private static NetworkSpec Spec(string core) =>
        NetworkSpec.WithoutPolicy(
            new Box(-3, 3, 3),
            new NetworkSettings
            {
                HiddenSizes = [8],
                Core = core,
                CoreSize = 8,
                Heads = [new HeadSettings { Name = "first", Size = 2 }, new HeadSettings { Name = "second", Trunk = "critic" }],
            }
        );

    private static float[] Parameters(NetworkSpec spec)
    {
        var random = new Pcg64(3);
        return ParameterInitializer.Create(new ParameterLayout(spec), ref random);
    }

    private static Batch Samples(NetworkSpec spec)
    {
        Batch batch = Minibatch.Create(spec, [], Steps * Sequences, spec.CoreStateSize > 0 ? Steps : 1);
        var random = new Pcg64(4);
        foreach (ref float number in batch[Column.Features(spec)].AsSpan())
        {
            number = (float)random.NextGaussian();
        }
        batch.EpisodeStarts.AsSpan(0, Sequences).Fill(true);
        return batch;
    }

    /// <summary>The first head is to say the sum of the features, and its negative.</summary>
    private sealed class SumObjective : Objective
    {
        public override string Name => "sum";

        public override Value Loss(NetworkEvaluation evaluation)
        {
            Value sum = evaluation[Column.Features(evaluation.Spec)].SumColumns();
            return evaluation.Mean((evaluation["first"] - Value.Concat(sum, -sum)).Square().SumColumns());
        }
    }
}

using Agents.Networks;
using Agents.Policies;
using Agents.Programs;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Configuration;
using Learners.Engines;
using Learners.Objectives;
using Learners.Optimizers;
using Tests.LearnerTests.Engines;
using Xunit;
using Optimizer = Learners.Optimizers.Kfac.Kfac;

namespace Tests.LearnerTests.Objectives;

/// <summary>A network gives what its list of heads says, and samples count by their weights.</summary>
public sealed class HeadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

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

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Networks))]
    public void Backward_HeadOfItsOwn_LearnsItsTargetAndMovesItsTrunkAlone(string core, EngineKind kind)
    {
        NetworkSpec spec = Spec(core, shared: false);
        var layout = new ParameterLayout(spec);
        using IGradientEngine engine = GradientEngines.Create(kind, spec, Parameters(spec));
        SampleBatch batch = GradientEngineContractTests.Batch(spec, engine, 32);
        engine.Use([new SumObjective()]);
        var adam = new Adam(layout.Count, new AdamSettings());
        float[] before = engine.Parameters.ToArray();
        var losses = new double[1];
        engine.Backward(batch, 0, losses, new float[32]);
        double first = losses[0];
        for (int i = 0; i < 300; i++)
        {
            adam.Update(engine.Parameters, engine.Gradient, 3e-3f);
            engine.ParametersChanged();
            engine.Backward(batch, 0, losses, new float[32]);
        }

        Assert.True(losses[0] < 0.2 * first, $"the loss went from {first} to {losses[0]}");
        foreach (ParameterSlot slot in layout.Slots)
        {
            bool moved = !slot.In(engine.Parameters).SequenceEqual(slot.In(before.AsSpan()));
            bool isOfTrunk =
                slot.Name.StartsWith("critic.", StringComparison.Ordinal)
                && !slot.Name.StartsWith("critic.head.", StringComparison.Ordinal);
            Assert.True(moved == isOfTrunk, slot.Name);
        }
    }

    [Theory]
    [InlineData("sum")]
    [InlineData("actions")] // names that K-FAC's own inputs might have
    [InlineData("value_gradients")]
    [InlineData("core")]
    public void Backward_KfacWithAHead_HasFactorsOfIt(string name)
    {
        NetworkSpec spec = Spec("identity", shared: true);
        HeadSettings renamed = spec.Settings.Heads[0] with { Name = name };
        spec = spec with { Settings = spec.Settings with { Heads = [renamed] } };
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, spec, Parameters(spec));
        SampleBatch batch = GradientEngineContractTests.Batch(spec, engine, 64);
        var kfac = new Optimizer(new ParameterLayout(spec), new(), new Pcg64(1));
        engine.Use([new SumObjective(name)]);

        engine.Backward(batch, 0, new double[1], new float[64], kfac.BeginUpdate());

        Assert.Contains(kfac.Layers, layer => layer.Name == "heads." + name);
        Assert.All(kfac.Layers, layer => Assert.True(layer.HasSamples && layer.IsFinite(), layer.Name));
    }

    [Fact]
    public void Layout_WithoutFurtherHeads_IsThatOfBefore()
    {
        NetworkSpec spec = new(new Box(-1, 1, 3), new Box(-1, 1, 2), new NetworkSettings { HiddenSizes = [4] });

        Assert.Equal(
            [
                "actor.encoder.0.weight",
                "actor.encoder.0.bias",
                "actor.head.weight",
                "actor.head.bias",
                "actor.log_std",
                "critic.encoder.0.weight",
                "critic.encoder.0.bias",
                "critic.head.weight",
                "critic.head.bias",
            ],
            new ParameterLayout(spec).Slots.Select(slot => slot.Name)
        );
    }

    [Theory]
    [InlineData("network.heads=[{name: a},{name: a}]", "two heads have the name a")]
    [InlineData("network.heads=[{name: value}]", "policy and value are taken")]
    [InlineData("network.heads=[{name: Big}]", "'Big' is no name of a head")]
    [InlineData("network.heads=[{name: a, trunk: side}]", "reads the trunk 'side'")]
    [InlineData("network.heads=[{name: a, kind: policy}]", "is a second policy")]
    public void Load_HeadThatCannotBe_SaysWhatIsWrong(string assignment, string expected)
    {
        Assert.Contains(
            expected,
            Assert.Throws<SettingsException>(() => SettingsSources.Load("CartPole-v1", "ppo", null, [assignment])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Heads_BranchOfAnotherCore_NamesTheCoresThatHaveIt()
    {
        NetworkSpec spec = Spec("lstm", shared: true);
        var head = new HeadSettings { Name = "other", Branch = "perception" };
        spec = spec with { Settings = spec.Settings with { Heads = [head] } };

        Assert.Equal(
            "network.heads: the head other reads the branch 'perception', and the core lstm has output. Choose a core that has it (ppr), or leave out what asks for the head.",
            Assert.Throws<SettingsException>(() => spec.Heads).Message
        );
    }

    [Fact]
    public void Spec_OtherActions_HasOtherHeads()
    {
        NetworkSpec spec = Spec("identity", shared: true);
        int before = new ParameterLayout(spec)["actor.head.weight"].Shape[0];

        Assert.Equal(2, before);
        Assert.Equal(5, new ParameterLayout(spec with { ActionSpace = new Discrete(5) })["actor.head.weight"].Shape[0]);
    }

    [Fact]
    public void Load_TooManyHeads_AreRefused()
    {
        string heads = string.Join(
            ",",
            Enumerable.Range(0, 65).Select(i => $"{{name: {(char)('a' + i / 26)}{(char)('a' + i % 26)}}}")
        );

        Assert.Contains(
            "65 heads are not possible. Use at most 64.",
            Assert
                .Throws<SettingsException>(() => SettingsSources.Load("CartPole-v1", "ppo", null, [$"network.heads=[{heads}]"]))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Spec_BranchThatTheCoreDoesNotHave_SaysWhatItHas()
    {
        NetworkSpec spec = Spec("lstm", shared: true);
        HeadSettings head = spec.Settings.Heads[0] with { Branch = "fast" };
        NetworkSpec wrong = spec with { Settings = spec.Settings with { Heads = [head] } };

        string message = Assert.Throws<SettingsException>(() => new ParameterLayout(wrong)).Message;

        Assert.Contains("reads the branch 'fast', and the core lstm has output", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluation_UnknownHead_SaysWhatThereIs()
    {
        NetworkSpec spec = new(new Box(-1, 1, 3), new Discrete(2), new NetworkSettings { HiddenSizes = [4] });
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, spec, Parameters(spec));

        Assert.Contains(
            "The network has no head 'sum', only policy, value.",
            Assert.Throws<InvalidOperationException>(() => engine.Use([new SumObjective()])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Save_Heads_ComeBackWithThePolicy()
    {
        NetworkSpec spec = Spec("identity", shared: true);
        var info = new PolicyInfo { Agent = "ppo", Environment = "Test-v0" };
        using var saved = new SavedPolicy(info, spec, Parameters(spec), null);
        saved.Save(_folder.In("policy"));

        using SavedPolicy loaded = SavedPolicy.Load(_folder.In("policy"));

        Assert.Equal(spec.Settings.Heads, loaded.Network.Heads);
        Assert.Equal(saved.ParameterHash, loaded.ParameterHash);
    }

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public void Backward_WeightsOfSamples_CountThemSoManyTimes(EngineKind kind)
    {
        NetworkSpec spec = Spec("identity", shared: true);
        using IGradientEngine weighing = GradientEngines.Create(kind, spec, Parameters(spec));
        using IGradientEngine plain = GradientEngines.Create(kind, spec, Parameters(spec));
        Objective[] objectives = [new ValueObjective(0.5f), new A2cLikeObjective(), new Weighed()];
        Batch all = Minibatch.Create(spec, objectives, 8);
        Batch twice = Minibatch.Create(spec, objectives[..2], 8);
        var random = new Pcg64(4);
        float[] rows = [.. Enumerable.Range(0, 8 * 5).Select(_ => (float)random.NextGaussian())];
        for (int row = 0; row < 8; row++)
        {
            Fill(all, row, row);
            Fill(twice, row, row % 4); // the first four, two times each
            all[Column.SampleWeights][row] = row < 4 ? 2 : 0;
        }
        weighing.Use(objectives);
        plain.Use(objectives[..2]);

        weighing.Backward(all, 0, new double[3], new float[8]);
        plain.Backward(twice, 0, new double[2], new float[8]);

        Assert.All(
            plain.Gradient.ToArray().Zip(weighing.Gradient.ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5)
        );
        Assert.True(weighing.Gradient.ContainsAnyExcept(0f));

        void Fill(Batch batch, int row, int source)
        {
            rows.AsSpan(source * 5, 3).CopyTo(batch[Column.Features(spec)].AsSpan(row * 3));
            batch[Column.Returns][row] = rows[source * 5 + 3];
            batch[Column.Advantages][row] = rows[source * 5 + 4];
            batch[Column.Actions(spec)][row] = source % 2;
        }
    }

    private static NetworkSpec Spec(string core, bool shared) =>
        new(
            new Box(-3, 3, 3),
            new Discrete(2),
            new NetworkSettings
            {
                HiddenSizes = [16],
                Core = core,
                CoreSize = 8,
                SharedTrunk = shared,
                Heads =
                [
                    new HeadSettings
                    {
                        Name = "sum",
                        Size = 2,
                        Trunk = "critic",
                    },
                ],
            }
        );

    private static float[] Parameters(NetworkSpec spec)
    {
        var random = new Pcg64(3);
        return ParameterInitializer.Create(new ParameterLayout(spec), ref random);
    }

    /// <summary>The head is to say the sum of the features, and its negative.</summary>
    private sealed class SumObjective(string head = "sum") : Objective
    {
        public override string Name => "sum";

        public override Value Loss(NetworkEvaluation evaluation)
        {
            Value sum = evaluation[Column.Features(evaluation.Spec)].SumColumns();
            return evaluation.Mean((evaluation[head] - Value.Concat(sum, -sum)).Square().SumColumns());
        }
    }

    private sealed class A2cLikeObjective : Objective
    {
        public override string Name => "policy_like";

        public override Value Loss(NetworkEvaluation evaluation) =>
            -evaluation.Mean(evaluation[Column.Advantages] * evaluation.LogProb);
    }

    /// <summary>Nothing but a reader of weights.</summary>
    private sealed class Weighed : Objective
    {
        public override string Name => "weighed";

        public override IReadOnlyList<Column> Reads => [Column.SampleWeights];

        public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(0);

        public override Value Loss(NetworkEvaluation evaluation) => evaluation.Mean(evaluation.Entropy);
    }
}

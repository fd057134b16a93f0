using Agents.Networks;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Engines;
using Learners.Models;
using Learners.Objectives;
using Learners.Optimizers;
using Tests.LearnerTests.Engines;
using Xunit;

namespace Tests.LearnerTests.Models;

/// <summary>A model moves what it stores, shows what the network uses, and knows its parameters by their role.</summary>
public sealed class ModelTests
{
    private const int Rows = 24;

    [Fact]
    public void Parameters_PowerMap_BeginAsWithoutIt()
    {
        NetworkSpec spec = Spec();
        float[] fresh = Fresh(spec);
        using Model model = Make(spec, new ModelSettings { Maps = [new PowerMapSettings { Exponent = 3 }] });

        ReadOnlySpan<float> learned = model.Parameters(ParameterRole.Learned);
        for (int i = 0; i < fresh.Length; i++)
        {
            Assert.Equal(fresh[i], learned[i], 1e-5f * (1 + MathF.Abs(fresh[i])));
        }
    }

    [Fact]
    public void Step_PowerMap_FollowsTheGradientOfWhatIsStored()
    {
        NetworkSpec spec = Spec();
        using Model plain = Make(spec, new ModelSettings { Optimizer = new SgdSettings() });
        using Model mapped = Make(spec, new ModelSettings { Optimizer = new SgdSettings(), Maps = [new PowerMapSettings()] });
        float[] before = mapped.Parameters(ParameterRole.Learned).ToArray();
        SampleBatch batch = Samples(spec);
        foreach (Model model in (Model[])[plain, mapped])
        {
            Learn(model, batch, 1e-4f);
        }

        // With w = θ |θ| a small step moves w by (∂w / ∂θ)² = 4 |w| times what it moves without the map.
        var layout = new ParameterLayout(spec);
        ParameterSlot weight = layout["critic.encoder.0.weight"];
        ParameterSlot bias = layout["critic.encoder.0.bias"];
        int compared = 0;
        for (int i = weight.Offset; i < weight.Offset + weight.Size; i++)
        {
            double moved = plain.Parameters(ParameterRole.Learned)[i] - (double)Fresh(spec)[i];
            double movedMapped = mapped.Parameters(ParameterRole.Learned)[i] - (double)before[i];
            if (Math.Abs(moved) > 1e-6)
            {
                Assert.Equal(4 * Math.Abs(before[i]) * moved, movedMapped, 2e-7 + 0.05 * Math.Abs(movedMapped));
                compared++;
            }
        }
        Assert.True(compared > 10, $"{compared} weights moved");
        AssertClose(bias.In(plain.Parameters(ParameterRole.Learned)), bias.In(mapped.Parameters(ParameterRole.Learned)));
    }

    [Fact]
    public void LoadState_EverythingAtOnce_ContinuesBitForBit()
    {
        NetworkSpec spec = Spec();
        var options = new ModelSettings
        {
            Optimizer = new AdamSettings(),
            Wrappers = [new LookaheadSettings { Steps = 3 }],
            Maps = [new PowerMapSettings()],
            MaxGradientNorm = 0.5f,
            Target = new TargetRule(2, 0.25f),
            ReturnScaleRate = 0.1,
        };
        SampleBatch batch = Samples(spec);
        using Model first = Make(spec, options);
        using Model second = Make(spec, options, seed: 9);
        Advance(first, batch, 4);
        var state = new StateDictionary();
        first.SaveState(state);
        second.LoadState(state);
        Advance(first, batch, 5);
        Advance(second, batch, 5);

        foreach (ParameterRole role in Enum.GetValues<ParameterRole>())
        {
            Assert.Equal(first.Parameters(role).ToArray(), second.Parameters(role).ToArray());
        }
        Assert.Equal(9, second.Updates);
        Assert.NotEqual(first.Parameters(ParameterRole.Learned).ToArray(), first.Parameters(ParameterRole.Acting).ToArray());
        Assert.NotEqual(first.Parameters(ParameterRole.Learned).ToArray(), first.Parameters(ParameterRole.Evaluated).ToArray());
    }

    [Fact]
    public void Parameters_TargetThatDoesNotAct_ActingAreTheLearnedOnes()
    {
        NetworkSpec spec = Spec();
        using Model model = Make(spec, new ModelSettings { Target = new TargetRule(1, 0.25f, Acts: false) });
        Advance(model, Samples(spec), 2, units: false);

        float[] learned = model.Parameters(ParameterRole.Learned).ToArray();
        Assert.Equal(learned, model.Parameters(ParameterRole.Acting).ToArray());
        Assert.NotEqual(learned, model.Target!.Parameters.ToArray());
    }

    [Fact]
    public void Follow_PolyakRule_AveragesGeometrically()
    {
        NetworkSpec spec = Spec();
        float[] start = Fresh(spec);
        using var target = new TargetNetwork(spec, start, new TargetRule(1, 0.25f));
        float[] learned = [.. start.Select(x => x + 1)];
        for (int i = 0; i < 3; i++)
        {
            target.Follow(learned);
        }

        Assert.Equal(start[5] + 1 - Math.Pow(0.75, 3), target.Parameters[5], 1e-5);
    }

    [Fact]
    public void UpdateUnits_Lookahead_KeepsWhatTheSlowHeadSays()
    {
        NetworkSpec spec = Spec();
        using Model model = Make(
            spec,
            new ModelSettings { Wrappers = [new LookaheadSettings { Steps = 100 }], ReturnScaleRate = 0.5 }
        );
        model.UpdateUnits([1, 2, 3]);
        float[] before = model.Parameters(ParameterRole.Evaluated).ToArray();

        Assert.True(model.UpdateUnits([100, 300]));

        // In the task's units the exported head is as before, although its stored numbers are in other units now.
        float[] after = model.Parameters(ParameterRole.Evaluated).ToArray();
        for (int i = 0; i < before.Length; i++)
        {
            Assert.Equal(before[i], after[i], 1e-4f * (1 + MathF.Abs(before[i])));
        }
        Assert.True(model.Units!.Scale > 10);
    }

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public void GradientOf_Groups_AreTheGradientsOfTheirObjectivesAndAddUp(EngineKind engine)
    {
        NetworkSpec spec = Spec() with
        {
            Settings = new NetworkSettings { HiddenSizes = [8], SharedTrunk = true },
        };
        Objective[] objectives = [new ValueObjective(0.5f), new EntropyObjective(0.01f), new ValueObjective2()];
        SampleBatch batch = Samples(spec);
        using Model grouped = Make(spec, new ModelSettings(), engine: engine, use: false);
        grouped.Use(objectives, [0, 1, 0]);
        grouped.Gradient(batch, 0, new double[3], new float[Rows]);

        foreach (
            (int group, Objective[] members) in ((int, Objective[])[])[(0, [objectives[0], objectives[2]]), (1, [objectives[1]])]
        )
        {
            using Model alone = Make(spec, new ModelSettings(), engine: engine, use: false);
            alone.Use(members);
            alone.Gradient(batch, 0, new double[members.Length], new float[Rows]);
            AssertClose(alone.LatestGradient, grouped.GradientOf(group));
        }
        using Model together = Make(spec, new ModelSettings(), engine: engine, use: false);
        together.Use(objectives);
        together.Gradient(batch, 0, new double[3], new float[Rows]);
        AssertClose(together.LatestGradient, grouped.LatestGradient);
        Assert.NotEqual(grouped.GradientOf(0).ToArray(), grouped.GradientOf(1).ToArray());
    }

    [Fact]
    public void Constructor_SecondModelOfEqualSize_TakesAsMuchMemoryAsTheFirst()
    {
        NetworkSpec spec = Spec() with { Settings = new NetworkSettings { HiddenSizes = [128, 128] } };
        SampleBatch batch = Samples(spec);
        long Bytes()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            using Model model = Make(spec, new ModelSettings());
            Learn(model, batch, 1e-3f);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Bytes(); // what is made once for all models

        long first = Bytes();
        long second = Bytes();

        Assert.InRange(second, 0.9 * first, 1.1 * first);
        Assert.InRange(
            first,
            4L * new ParameterLayout(spec).Count * sizeof(float),
            40L * new ParameterLayout(spec).Count * sizeof(float)
        );
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6f + 1e-5f * MathF.Abs(expected[i]));
        }
    }

    private static void Advance(Model model, SampleBatch batch, int steps, bool units = true)
    {
        for (int i = 0; i < steps; i++)
        {
            if (units)
            {
                model.UpdateUnits(batch.Returns.AsSpan(0, Rows));
            }
            Learn(model, batch, 1e-2f);
            model.Target?.Follow(model.Parameters(ParameterRole.Learned));
        }
    }

    private static void Learn(Model model, SampleBatch batch, float rate)
    {
        model.Gradient(batch, 0, new double[1], new float[Rows]);
        Assert.True(model.Clip() > 0);
        model.Step(rate);
    }

    private static Model Make(
        NetworkSpec spec,
        ModelSettings options,
        ulong seed = 5,
        EngineKind engine = EngineKind.Managed,
        bool use = true
    )
    {
        var random = new Pcg64(seed);
        var model = new Model(GradientEngines.Create(engine, spec, Fresh(spec, seed)), options, ref random);
        if (use)
        {
            model.Use([new SquaredPolicyObjective()]);
        }
        return model;
    }

    private static SampleBatch Samples(NetworkSpec spec)
    {
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, spec, Fresh(spec));
        return GradientEngineContractTests.Batch(spec, engine, Rows);
    }

    private static NetworkSpec Spec() => new(new Box(-1, 1, 4), new Discrete(3), new NetworkSettings { HiddenSizes = [8] });

    private static float[] Fresh(NetworkSpec spec, ulong seed = 5)
    {
        var random = new Pcg64(seed);
        return ParameterInitializer.Create(new ParameterLayout(spec), ref random);
    }

    /// <summary>A loss that reaches both trunks.</summary>
    private sealed class SquaredPolicyObjective : Objective
    {
        public override string Name => "squares";

        public override Agents.Programs.Value Loss(NetworkEvaluation evaluation) =>
            (evaluation.LogProb.Square() + (evaluation.Values - evaluation[Column.Returns]).Square()).Mean();
    }

    private sealed class ValueObjective2 : Objective
    {
        public override string Name => "value_size";

        public override Agents.Programs.Value Loss(NetworkEvaluation evaluation) => evaluation.Values.Square().Mean();
    }
}

using Agents.Networks;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Batches;
using Learners.Engines;
using Learners.Objectives;
using Learners.Optimizers;
using Xunit;

namespace Tests.LearnerTests.Objectives;

/// <summary>A loss looks at another model, whose parameters lie elsewhere and stay as they are.</summary>
public sealed class OtherModelTests
{
    private const int Samples = 24;

    public static TheoryData<string, EngineKind> Teachers
    {
        get
        {
            var data = new TheoryData<string, EngineKind>();
            foreach (string core in (string[])["identity", "gru", "gtrxl"])
            {
                data.Add(core, EngineKind.Managed);
                data.Add(core, EngineKind.Torch);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Teachers))]
    public void Backward_DivergenceFromATeacher_MakesThePupilActLikeIt(string core, EngineKind kind)
    {
        NetworkSpec pupil = Spec("lstm", hidden: 12);
        NetworkSpec teacher = Spec(core, hidden: 6);
        using IGradientEngine engine = GradientEngines.Create(kind, pupil, Parameters(pupil, 1));
        float[] teaching = Parameters(teacher, 2);
        float[] before = [.. teaching];
        var imitation = new Imitation(teacher);
        engine.Use([imitation]);
        engine.BindModel("teacher", teaching);
        Batch batch = Fill(pupil, teacher, imitation);
        var adam = new Adam(engine.Parameters.Length, new AdamSettings());
        var losses = new double[1];
        engine.Backward(batch, 0, losses, new float[Samples]);
        double first = losses[0];
        for (int i = 0; i < 400; i++)
        {
            adam.Update(engine.Parameters, engine.Gradient, 0.01f);
            engine.ParametersChanged();
            engine.Backward(batch, 0, losses, new float[Samples]);
        }

        Assert.True(losses[0] < 0.05 * first, $"the divergence went from {first} to {losses[0]}");
        Assert.Equal(before, teaching);
    }

    [Fact]
    public void Backward_ParametersOfTheOtherChange_AreSeenByTheNextUpdate()
    {
        NetworkSpec pupil = Spec("identity", hidden: 12);
        NetworkSpec teacher = Spec("identity", hidden: 6);
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, pupil, Parameters(pupil, 1));
        float[] teaching = Parameters(teacher, 2);
        var imitation = new Imitation(teacher);
        engine.Use([imitation]);
        engine.BindModel("teacher", teaching);
        Batch batch = Fill(pupil, teacher, imitation);
        var losses = new double[2];
        engine.Backward(batch, 0, losses.AsSpan(0, 1), new float[Samples]);
        Parameters(teacher, 3).CopyTo(teaching, 0);

        engine.Backward(batch, 0, losses.AsSpan(1, 1), new float[Samples]);

        Assert.NotEqual(losses[0], losses[1], 1e-6);
    }

    [Fact]
    public void Backward_ParametersWereNotBound_SaysWhichModel()
    {
        NetworkSpec spec = Spec("identity", hidden: 6);
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, spec, Parameters(spec, 1));
        var imitation = new Imitation(spec);
        engine.Use([imitation]);
        Batch batch = Fill(spec, spec, imitation);

        Assert.Contains(
            "the model 'teacher', whose parameters were not bound",
            Assert.Throws<InvalidOperationException>(() => engine.Backward(batch, 0, new double[1], new float[Samples])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Of_OtherActions_IsRefused()
    {
        NetworkSpec spec = Spec("identity", hidden: 6);
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, spec, Parameters(spec, 1));

        Assert.Contains(
            "Both must be the same",
            Assert
                .Throws<ArgumentException>(() => engine.Use([new Imitation(spec with { ActionSpace = new Discrete(3) })]))
                .Message,
            StringComparison.Ordinal
        );
    }

    private static NetworkSpec Spec(string core, int hidden) =>
        new(
            new Box(-3, 3, 3),
            new Discrete(4),
            new NetworkSettings
            {
                HiddenSizes = [hidden],
                Core = core,
                CoreSize = 8,
                SharedTrunk = true,
            }
        );

    private static float[] Parameters(NetworkSpec spec, ulong seed)
    {
        var random = new Pcg64(seed);
        var layout = new ParameterLayout(spec);
        float[] parameters = ParameterInitializer.Create(layout, ref random);
        foreach (ref float number in layout["actor.head.weight"].In(parameters.AsSpan()))
        {
            number *= 100; // opinions
        }
        return parameters;
    }

    private static Batch Fill(NetworkSpec pupil, NetworkSpec teacher, Imitation imitation)
    {
        Batch batch = Minibatch.Create(pupil, [imitation], Samples, steps: Samples / 4);
        var random = new Pcg64(5);
        float[] features = batch[Column.Features(pupil)];
        for (int i = 0; i < Samples * 3; i++)
        {
            features[i] = (float)random.NextGaussian();
        }
        features.AsSpan(0, Samples * 3).CopyTo(batch[imitation.Reads[0]]);
        if (teacher.CoreStateSize > 0)
        {
            batch[imitation.Reads[1]].AsSpan().Fill(1);
        }
        return batch;
    }

    /// <summary>KL(teacher ‖ pupil).</summary>
    private sealed class Imitation(NetworkSpec teacher) : Objective
    {
        public override string Name => "imitation";

        public override IReadOnlyList<Column> Reads { get; } =
            teacher.CoreStateSize == 0
                ? [new Column("teacher.features", teacher.FeatureSize, RowSpace.Rows)]
                :
                [
                    new Column("teacher.features", teacher.FeatureSize, RowSpace.Rows),
                    new Column("teacher.keep"),
                    new Column("teacher.initial_core_state", teacher.CoreStateSize, RowSpace.Sequences),
                ];

        public override Value Loss(NetworkEvaluation evaluation)
        {
            NetworkEvaluation taught = evaluation.Of("teacher", teacher);
            return evaluation.Mean(evaluation.Distribution.Divergence(taught.Distributions, evaluation.Distributions));
        }
    }
}

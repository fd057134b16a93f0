using System.Numerics.Tensors;
using Agents.Networks;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Engines;
using Learners.Metrics;
using Learners.Models;
using Learners.Objectives;
using Learners.Optimizers;
using Learners.Similarity;
using Tests.LearnerTests.Engines;
using Xunit;

namespace Tests.LearnerTests.Similarity;

/// <summary>Gates over a network: which parameters they compare, what they leave, and what an optimiser is handed.</summary>
public sealed class GatedModelTests
{
    private const int Rows = 48;
    private const string Head = "extra";

    private static readonly Objective[] Main = [new ValueObjective(0.5f), new EntropyObjective(0.1f)];

    public static TheoryData<SimilarityRule, SimilarityBlocks> Kinds
    {
        get
        {
            var data = new TheoryData<SimilarityRule, SimilarityBlocks>();
            foreach (SimilarityRule rule in Enum.GetValues<SimilarityRule>().Where(rule => rule != SimilarityRule.None))
            {
                data.Add(rule, SimilarityBlocks.Whole);
                data.Add(rule, SimilarityBlocks.Layer);
            }
            return data;
        }
    }

    [Fact]
    public void Clip_NoRule_AddsAllGradientsBitForBit()
    {
        using Data gated = new(new GradientSimilaritySettings(), [new HeadObjective("a", 3, 0.2f)]);
        using Data plain = new(new GradientSimilaritySettings());
        plain.Model.Use([.. Main, new HeadObjective("a", 3, 0.2f)]);

        Assert.Equal(plain.Gradient(3), gated.Gradient(3));
        Assert.Null(gated.Model.Gates);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Clip_LossesThatAgreeFully_AddUp(SimilarityRule rule, SimilarityBlocks blocks)
    {
        using Data gated = new(Settings(rule, blocks), [new HeadObjective("a", 0.5f, 0)]);
        using Data plain = new(new GradientSimilaritySettings(), [new HeadObjective("a", 0.5f, 0)]);

        AssertNear(plain.Gradient(3), gated.Gradient(3));
        Assert.Equal(1, gated.Metrics()["similarity/a"], 1e-6);
        Assert.Equal(1, gated.Metrics()["similarity/a_open"]);
    }

    /// <summary>One loss opposes the agent's, another one agrees with it: each has a gate of its own, and the head of the first learns on.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Clip_LossThatOpposes_MovesItsOwnHeadAlone(SimilarityRule rule, SimilarityBlocks blocks)
    {
        using Data gated = new(
            Settings(rule, blocks),
            [new HeadObjective("against", -7, 1), new HeadObjective("with", 1, 0)],
            silentHead: true // so that its error moves the head, and nothing else
        );
        using Data alone = new(new GradientSimilaritySettings());
        alone.Model.Use(Main);
        float[] main = alone.Gradient(2);

        float[] gradient = gated.Gradient(4);

        foreach (ParameterSlot slot in gated.Layout.Slots)
        {
            bool isHead = slot.Name.StartsWith($"heads.{Head}", StringComparison.Ordinal);
            float[] expected = [.. slot.In(main.AsSpan()).ToArray().Select(number => 2 * number)];
            Assert.Equal(
                isHead,
                slot.In(gradient.AsSpan()).ToArray().Zip(expected).Any(pair => Math.Abs(pair.First - pair.Second) > 1e-4f)
            );
        }
        Dictionary<string, double> metrics = gated.Metrics();
        Assert.Equal(-1, metrics["similarity/against"], 1e-6);
        Assert.Equal(0, metrics["similarity/against_open"]);
        Assert.Equal(1, metrics["similarity/with"], 1e-6);
        Assert.Equal(1, metrics["similarity/with_open"]);
    }

    /// <summary>The head's own parameters have a gradient from the auxiliary loss alone, and the critic's from the main loss alone.</summary>
    [Fact]
    public void Clip_SharedParameters_AreThoseThatBothLossesReach()
    {
        using Data gated = new(Settings(SimilarityRule.Weighted), [new HeadObjective("a", 0, 1)]);
        float[] gradient = gated.Gradient(3);
        using Data main = new(new GradientSimilaritySettings());
        main.Model.Use(Main);
        float[] m = main.Gradient(2);
        using Data auxiliary = new(new GradientSimilaritySettings());
        auxiliary.Model.Use([new HeadObjective("a", 0, 1)]);
        float[] a = auxiliary.Gradient(1);

        double product = 0;
        double mm = 0;
        double aa = 0;
        ParameterSlot[] shared =
        [
            .. gated.Layout.Slots.Where(slot => slot.Name.StartsWith("encoder.", StringComparison.Ordinal)),
        ];
        foreach (int i in shared.SelectMany(slot => Enumerable.Range(slot.Offset, slot.Size)))
        {
            product += (double)m[i] * a[i];
            mm += (double)m[i] * m[i];
            aa += (double)a[i] * a[i];
        }
        double cosine = product / Math.Sqrt(mm * aa);
        Assert.InRange(Math.Abs(cosine), 1e-3, 0.99);
        Assert.Equal(cosine, gated.Metrics()["similarity/a"], 1e-6);
        var expected = new float[m.Length];
        foreach (ParameterSlot slot in gated.Layout.Slots)
        {
            double share = shared.Contains(slot) ? Math.Max(0, cosine) : 1;
            for (int i = slot.Offset; i < slot.Offset + slot.Size; i++)
            {
                expected[i] = (float)(m[i] + share * a[i]);
            }
        }
        AssertNear(expected, gradient);
    }

    [Theory]
    [InlineData(SimilarityRule.None)]
    [InlineData(SimilarityRule.Weighted)]
    public void Use_AuxiliaryLossOfWeight0_IsMeasuredAndChangesNothing(SimilarityRule rule)
    {
        using Data gated = new(Settings(rule), [new HeadObjective("a", 3, 1) { Factor = 0 }]);
        using Data alone = new(new GradientSimilaritySettings());
        alone.Model.Use(Main);
        float[] expected = alone.Gradient(2);

        AssertNear(expected, gated.Gradient(3));
        Assert.NotEqual(0, gated.Losses[2]);
        Assert.Empty(gated.Metrics());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Clip_OnBothEngines_IsTheSame(SimilarityRule rule, SimilarityBlocks blocks)
    {
        Objective[] auxiliary = [new HeadObjective("a", -0.3f, 1), new HeadObjective("b", 0.2f, -0.5f)];
        using Data managed = new(Settings(rule, blocks), auxiliary);
        using Data torch = new(Settings(rule, blocks), auxiliary, EngineKind.Torch);

        AssertNear(managed.Gradient(4), torch.Gradient(4));
        Dictionary<string, double> expected = managed.Metrics();
        Assert.Equal(4, expected.Count);
        Assert.All(torch.Metrics(), metric => Assert.Equal(expected[metric.Key], metric.Value, 1e-4));
    }

    /// <summary>Gates compare gradients with respect to what is learned: where a map is steep, a parameter counts more.</summary>
    [Fact]
    public void Clip_BehindAMap_ComparesWhatIsLearned()
    {
        var maps = new ModelSettings { Maps = [new PowerMapSettings { Exponent = 3 }] };
        Objective[] auxiliary = [new HeadObjective("a", 0, 1)];
        using Data mapped = new(Settings(SimilarityRule.Unweighted), auxiliary, options: maps);
        mapped.Gradient(3);
        using Data main = new(new GradientSimilaritySettings(), options: maps);
        main.Model.Use(Main);
        using Data other = new(new GradientSimilaritySettings(), options: maps);
        other.Model.Use(auxiliary);
        float[] m = main.Gradient(2);
        float[] a = other.Gradient(1);
        int[] shared =
        [
            .. mapped
                .Layout.Slots.Where(slot => slot.Name.StartsWith("encoder.", StringComparison.Ordinal))
                .SelectMany(slot => Enumerable.Range(slot.Offset, slot.Size)),
        ];

        double cosine =
            shared.Sum(i => (double)m[i] * a[i])
            / Math.Sqrt(shared.Sum(i => (double)m[i] * m[i]) * shared.Sum(i => (double)a[i] * a[i]));
        Assert.Equal(cosine, mapped.Metrics()["similarity/a"], 1e-5);
    }

    private static GradientSimilaritySettings Settings(SimilarityRule rule, SimilarityBlocks blocks = SimilarityBlocks.Whole) =>
        new() { Rule = rule, Blocks = blocks };

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f + 1e-4f * MathF.Abs(pair.First)));
    }

    /// <summary>Some of the agent's loss, on all that the agent's loss reaches, and some squared error of a head.</summary>
    private sealed class HeadObjective(string name, float ofMain, float ofHead) : Objective
    {
        public float Factor { get; init; } = 1;

        public override string Name => name;

        public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(Factor);

        public override Value Loss(NetworkEvaluation evaluation)
        {
            Value loss = evaluation.Graph.Constant(0);
            if (ofMain != 0)
            {
                foreach (Objective objective in Main)
                {
                    loss += ofMain * objective.Weight(evaluation) * objective.Loss(evaluation);
                }
            }
            return ofHead == 0 ? loss : loss + ofHead * evaluation.Mean((evaluation[Head] - evaluation[Column.Returns]).Square());
        }
    }

    /// <summary>A small network with a head beside the agent's, and a batch.</summary>
    private sealed class Data : IDisposable
    {
        private readonly SampleBatch _batch;

        public Data(
            GradientSimilaritySettings similarity,
            Objective[]? auxiliary = null,
            EngineKind engine = EngineKind.Managed,
            ModelSettings? options = null,
            bool silentHead = false
        )
        {
            var spec = new NetworkSpec(
                new Box(-1, 1, 4),
                new Discrete(3),
                new NetworkSettings
                {
                    HiddenSizes = [8, 6],
                    SharedTrunk = true,
                    Heads = [new HeadSettings { Name = Head, Size = 1 }],
                }
            );
            Layout = new ParameterLayout(spec);
            using (IGradientEngine other = GradientEngines.Create(EngineKind.Managed, spec, Fresh()))
            {
                _batch = GradientEngineContractTests.Batch(spec, other, Rows);
            }
            var random = new Pcg64(5);
            Model = new Model(
                GradientEngines.Create(engine, spec, Fresh()),
                (options ?? new ModelSettings()) with
                {
                    Similarity = similarity,
                },
                ref random
            );
            if (auxiliary is not null)
            {
                Model.Use(Main, auxiliary);
            }

            float[] Fresh()
            {
                float[] parameters = GradientEngineContractTests.Parameters(spec);
                Span<float> head = Layout[$"heads.{Head}.weight"].In(parameters.AsSpan());
                if (silentHead)
                {
                    head.Clear();
                }
                else
                {
                    // So that both want something alike of the trunk, and not the same.
                    TensorPrimitives.Add(head, Layout["critic.head.weight"].In(parameters.AsSpan()), head);
                }
                return parameters;
            }
        }

        public Model Model { get; }

        public ParameterLayout Layout { get; }

        public double[] Losses { get; private set; } = [];

        public float[] Gradient(int objectives)
        {
            Losses = new double[objectives];
            Model.Gradient(_batch, 0, Losses, new float[Rows]);
            Model.Clip();
            return Model.LatestGradient.ToArray();
        }

        public Dictionary<string, double> Metrics()
        {
            var averages = new MetricAverages();
            Model.Gates?.Report(averages);
            var list = new List<Metric>();
            averages.Drain(list);
            return list.ToDictionary(metric => metric.Tag, metric => metric.Value);
        }

        public void Dispose() => Model.Dispose();
    }
}

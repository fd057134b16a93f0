using Agents.Networks;
using Environments.Randomness;
using Learners.Data;
using Learners.Metrics;
using Learners.Similarity;
using Learners.Supervised;
using Xunit;

namespace Tests.LearnerTests.Supervised;

/// <summary>The quadratic with a helper, against plain descent in double precision.</summary>
public sealed class BiasedQuadraticTests
{
    private const int Numbers = 20;

    [Theory]
    [InlineData(SimilarityRule.None, 0)]
    [InlineData(SimilarityRule.None, 0.1)]
    [InlineData(SimilarityRule.Weighted, 0.1)]
    [InlineData(SimilarityRule.Unweighted, 0.1)]
    [InlineData(SimilarityRule.Projection, 0.1)]
    public void Learn_FiveHundredSteps_AreThoseOfTheFormula(SimilarityRule rule, double weight)
    {
        SupervisedSettings settings = Settings(4, 3) with { GradientSimilarity = new() { Rule = rule } };
        settings = settings with
        {
            Task = (Learners.Supervised.Tasks.BiasedQuadraticTask)settings.Task with { HelperWeight = (float)weight },
        };
        IDataSource source = SupervisedRun.OpenSource(settings);
        var samples = new Samples(source.Form, 1);
        source.Next(samples);
        using var learner = new SupervisedLearner(settings, source.Form, new SeedSequence(1));
        var metrics = new MetricAverages();
        double[] w = new double[Numbers];
        int opened = 0;
        double loss = 0;
        for (int step = 0; step < 500; step++)
        {
            (loss, bool open) = Descend(w, samples.Targets, rule, weight);
            opened += open ? 1 : 0;
            Assert.Equal(loss, learner.Learn(samples, metrics), 1e-3 * loss);
        }

        ReadOnlySpan<float> bias = new ParameterLayout(learner.Spec)["heads.answer.bias"].In(learner.Parameters);
        for (int i = 0; i < Numbers; i++)
        {
            Assert.Equal(w[i], bias[i], 1e-3);
        }
        Dictionary<string, double> told = Drain(metrics);
        Assert.Equal(weight > 0, told.ContainsKey("losses/helper"));
        Assert.Equal(rule != SimilarityRule.None, told.TryGetValue("similarity/helper_open", out double share));
        Assert.True(rule == SimilarityRule.None || Math.Abs(share - opened / 500.0) < 0.01, $"{share} and {opened} of 500");
        Assert.True(rule != SimilarityRule.Unweighted || opened is > 50 and < 450, $"{opened}");
        Assert.All(told.Keys, tag => Assert.Contains(tag, learner.Tags));
    }

    [Fact]
    public void Open_Points_AreAsFarApartAsTheySay()
    {
        double first = 0;
        double apart = 0;
        for (ulong seed = 1; seed <= 200; seed++)
        {
            float[] points = Points(Settings(4, seed));
            float[] other = Points(Settings(0, seed));
            Assert.Equal(other[..Numbers], points[..Numbers]);
            Assert.Equal(other[..Numbers], other[Numbers..]);
            for (int i = 0; i < Numbers; i++)
            {
                first += points[i] * points[i] / (200.0 * Numbers); // w_m − w_0, of variance 1 + 9
                apart += Math.Pow(points[Numbers + i] - points[i], 2) / 200;
            }
        }
        Assert.InRange(first, 9.5, 10.5);
        Assert.InRange(apart, 15.2, 16.8); // offset²
    }

    private static SupervisedSettings Settings(int offset, ulong seed) =>
        SupervisedSources.Load("biased_quadratic", null, [$"biased_quadratic.offset={offset}", $"seed={seed}"]);

    private static float[] Points(SupervisedSettings settings)
    {
        IDataSource source = SupervisedRun.OpenSource(settings);
        var samples = new Samples(source.Form, 1);
        source.ReadEvaluation(0, samples);
        return samples.Targets;
    }

    // The loss before the step, and whether the helper went through.
    private static (double Loss, bool Open) Descend(double[] w, float[] points, SimilarityRule rule, double weight)
    {
        double[] curvatures = [.. Enumerable.Range(0, Numbers).Select(i => Math.Pow(10, -2 + 2.0 * i / (Numbers - 1)))];
        double[] main = [.. w.Select((number, i) => curvatures[i] * (number - points[i]))];
        double[] helper = [.. w.Select((number, i) => 2 * weight * (number - points[Numbers + i]))];
        double loss = w.Select((number, i) => 0.5 * curvatures[i] * Math.Pow(number - points[i], 2)).Sum();
        double product = main.Zip(helper, (m, a) => m * a).Sum();
        double squared = main.Sum(m => m * m);
        double cosine = product / Math.Sqrt(squared * helper.Sum(a => a * a) + 1e-30);
        for (int i = 0; i < Numbers; i++)
        {
            w[i] -=
                0.02
                * rule switch
                {
                    SimilarityRule.None => main[i] + helper[i],
                    SimilarityRule.Weighted => main[i] + Math.Max(0, cosine) * helper[i],
                    SimilarityRule.Unweighted => main[i] + (cosine >= 0 ? helper[i] : 0),
                    SimilarityRule.Projection => main[i] + helper[i] - Math.Min(0, product) / squared * main[i],
                };
        }
        return (loss, cosine >= 0);
    }

    private static Dictionary<string, double> Drain(MetricAverages metrics)
    {
        var list = new List<Metric>();
        metrics.Drain(list);
        return list.ToDictionary(metric => metric.Tag, metric => metric.Value);
    }
}

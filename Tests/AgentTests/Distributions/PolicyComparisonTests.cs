using Agents.Distributions;
using Environments.Randomness;
using Xunit;

namespace Tests.AgentTests.Distributions;

public sealed class PolicyComparisonTests
{
    [Fact]
    public void Mean_CategoricalChange_AgreesWithTheQuadraticModel()
    {
        float[] logits = [0.2f, -0.1f, 0.4f];
        float[] changed = [0.25f, -0.1f, 0.35f];

        double divergence = new PolicyComparison(new Categorical(3)).Mean(logits, changed, 1);

        Assert.Equal(0.00093210, divergence, 1e-7);
        double[] probabilities = [.. logits.Select(logit => Math.Exp(logit) / logits.Sum(other => Math.Exp(other)))];
        double[] change = [0.05, 0, -0.05];
        double mean = probabilities.Zip(change, (p, d) => p * d).Sum();
        double model = 0.5 * (probabilities.Zip(change, (p, d) => p * d * d).Sum() - mean * mean);
        Assert.Equal(0.00093041, model, 2e-8);
        Assert.Equal(model, divergence, 0.002 * model);
    }

    public static TheoryData<string> Families => ["categorical", "multi", "gaussian"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Mean_AnyFamily_IsTheMeanLogRatioOfSamples(string family)
    {
        ActionDistribution distribution = family switch
        {
            "categorical" => new Categorical(4),
            "multi" => new MultiCategorical(3, 2),
            _ => new DiagonalGaussian(2),
        };
        var random = new Pcg64(8);
        float[] p = [.. Enumerable.Range(0, distribution.ParameterSize).Select(_ => 0.5f * (float)random.NextGaussian())];
        float[] q = [.. p.Select(value => value + 0.4f * (float)random.NextGaussian())];
        var action = new float[distribution.ActionSize];
        const int draws = 200_000;
        double sum = 0;
        for (int i = 0; i < draws; i++)
        {
            distribution.Sample(p, ref random, action);
            sum += distribution.LogProb(p, action) - distribution.LogProb(q, action);
        }

        double divergence = new PolicyComparison(distribution).Mean(p, q, 1);

        Assert.Equal(sum / draws, divergence, 0.01);
        Assert.Equal(0, new PolicyComparison(distribution).Mean(p, p, 1), 1e-6);
        Assert.True(divergence > 0.02);
    }
}

using Agents.Distributions;
using Agents.Networks;
using Environments.Randomness;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Tests.AgentTests.Distributions;

/// <summary>KL(old ‖ new) of every family: known numbers, gradients, both forms.</summary>
public sealed class DivergenceTests
{
    private static readonly float[] OldGaussian = [0, 0, 0, MathF.Log(2)];
    private static readonly float[] NewGaussian = [0.1f, 0.2f, MathF.Log(1.1f), MathF.Log(1.8f)];

    private static Dictionary<string, ActionDistribution> Families { get; } =
        new()
        {
            ["categorical"] = new Categorical(4),
            ["multi-categorical"] = new MultiCategorical(2, 3),
            ["gaussian"] = new DiagonalGaussian(3),
        };

    public static TheoryData<string, int> Parts
    {
        get
        {
            var parts = new TheoryData<string, int>();
            foreach ((string name, ActionDistribution family) in Families)
            {
                for (int part = 0; part < family.DivergenceParts; part++)
                {
                    parts.Add(name, part);
                }
            }
            return parts;
        }
    }

    [Fact]
    public void Divergence_TwoGaussians_HasThePublishedPartsWhichAreNotASum()
    {
        var gaussian = new DiagonalGaussian(2);

        double mean = gaussian.Divergence(0, OldGaussian, NewGaussian);
        double deviation = gaussian.Divergence(1, OldGaussian, NewGaussian);

        Assert.Equal(0.01, mean, 1e-6);
        Assert.Equal(0.0204568, deviation, 1e-6);
        // The whole divergence measures the means' distance in the new deviation.
        double whole = deviation + 0.5 * (Math.Pow(0.1 / 1.1, 2) + Math.Pow(0.2 / 1.8, 2));
        Assert.Equal(0.0307618, whole, 1e-6);
    }

    [Fact]
    public void Divergence_TwoCategoricals_IsTheExpectedLogRatio()
    {
        var categorical = new Categorical(2);
        float[] old = [MathF.Log(0.25f), MathF.Log(0.75f)];

        double divergence = categorical.Divergence(0, old, [7, 7]);

        Assert.Equal(0.25 * Math.Log(0.25 / 0.5) + 0.75 * Math.Log(0.75 / 0.5), divergence, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void Divergence_OfADistributionFromItself_IsZeroAndFlat(string name, int part)
    {
        ActionDistribution family = Families[name];
        float[] parameters = Draw(family, 3);
        var gradient = new float[family.ParameterSize];

        family.AddDivergenceGradient(part, parameters, parameters, 1, gradient);

        Assert.Equal(0, family.Divergence(part, parameters, parameters), 1e-12);
        Assert.All(gradient, value => Assert.Equal(0, value, 1e-12));
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void AddDivergenceGradient_IsTheSlopeAndAddsItsShare(string name, int part)
    {
        ActionDistribution family = Families[name];
        float[] old = Draw(family, 3);
        float[] parameters = Draw(family, 4);
        float[] gradient = [.. Enumerable.Repeat(1f, family.ParameterSize)];

        family.AddDivergenceGradient(part, old, parameters, 2, gradient);

        for (int i = 0; i < parameters.Length; i++)
        {
            const float step = 1e-2f;
            float[] above = [.. parameters];
            float[] below = [.. parameters];
            above[i] += step;
            below[i] -= step;
            double slope = (family.Divergence(part, old, above) - family.Divergence(part, old, below)) / (above[i] - below[i]);
            Assert.Equal(1 + 2 * slope, gradient[i], 2e-3);
        }
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void TorchDivergence_GivesTheSameNumberAndGradient(string name, int part)
    {
        using DisposeScope scope = NewDisposeScope();
        ActionDistribution family = Families[name];
        float[] old = Draw(family, 5);
        float[] parameters = Draw(family, 6);
        var gradient = new float[family.ParameterSize];
        Tensor leaf = tensor(parameters).view(1, -1).requires_grad_();

        Tensor divergence = TorchDistribution.Divergence(family, part, tensor(old).view(1, -1), leaf).sum();
        divergence.backward();
        family.AddDivergenceGradient(part, old, parameters, 1, gradient);

        Assert.Equal(divergence.item<float>(), family.Divergence(part, old, parameters), 1e-5);
        Assert.All(leaf.grad!.data<float>().ToArray().Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    private static float[] Draw(ActionDistribution family, ulong seed)
    {
        var random = new Pcg64(seed);
        var parameters = new float[family.ParameterSize];
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] = 0.5f * (float)random.NextGaussian();
        }
        return parameters;
    }
}

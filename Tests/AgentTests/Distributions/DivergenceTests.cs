using Agents.Distributions;
using Environments.Randomness;
using Xunit;

namespace Tests.AgentTests.Distributions;

/// <summary>KL(old ‖ new) of every family: known numbers, and gradients in both arguments.</summary>
public sealed class DivergenceTests
{
    private const int Whole = -1;

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
                parts.Add(name, Whole);
                for (int part = 0; part < family.DivergenceParts.Count; part++)
                {
                    parts.Add(name, part);
                }
            }
            return parts;
        }
    }

    [Fact]
    public void DecoupledDivergence_TwoGaussians_HasThePublishedPartsWhichAreNotTheWhole()
    {
        double mean = Divergence(new DiagonalGaussian(2), 0, OldGaussian, NewGaussian).Value;
        double deviation = Divergence(new DiagonalGaussian(2), 1, OldGaussian, NewGaussian).Value;
        double whole = Divergence(new DiagonalGaussian(2), Whole, OldGaussian, NewGaussian).Value;

        Assert.Equal(0.01, mean, 1e-6);
        Assert.Equal(0.0204568, deviation, 1e-6);
        // The whole divergence measures the means' distance in the new deviation.
        Assert.Equal(0.0307618, whole, 1e-6);
        Assert.Equal(deviation + 0.5 * (Math.Pow(0.1 / 1.1, 2) + Math.Pow(0.2 / 1.8, 2)), whole, 1e-6);
    }

    [Fact]
    public void Divergence_TwoCategoricals_IsTheExpectedLogRatio()
    {
        float[] old = [MathF.Log(0.25f), MathF.Log(0.75f)];

        double divergence = Divergence(new Categorical(2), Whole, old, [7, 7]).Value;

        Assert.Equal(0.25 * Math.Log(0.25 / 0.5) + 0.75 * Math.Log(0.75 / 0.5), divergence, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void Divergence_OfADistributionFromItself_IsZeroAndFlat(string name, int part)
    {
        ActionDistribution family = Families[name];
        float[] parameters = Draw(family, 3);

        (double divergence, float[] old, float[] gradient) = Divergence(family, part, parameters, parameters);

        Assert.Equal(0, divergence, 1e-6);
        Assert.All((float[])[.. old, .. gradient], value => Assert.Equal(0, value, 1e-6));
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void Divergence_Gradients_AreTheSlopesInBothArguments(string name, int part)
    {
        ActionDistribution family = Families[name];
        float[][] arguments = [Draw(family, 3), Draw(family, 4)];

        (_, float[] old, float[] gradient) = Divergence(family, part, arguments[0], arguments[1]);

        float[][] gradients = [old, gradient];
        for (int argument = 0; argument < 2; argument++)
        {
            for (int i = 0; i < family.ParameterSize; i++)
            {
                Assert.Equal(Slope(family, part, arguments, argument, i), gradients[argument][i], 2e-3);
            }
        }
        Assert.Contains(gradient, value => Math.Abs(value) > 0.05);
    }

    private static double Slope(ActionDistribution family, int part, float[][] arguments, int argument, int place)
    {
        const float step = 1e-2f;
        float[][] above =
        [
            [.. arguments[0]],
            [.. arguments[1]],
        ];
        float[][] below =
        [
            [.. arguments[0]],
            [.. arguments[1]],
        ];
        above[argument][place] += step;
        below[argument][place] -= step;
        double difference =
            Divergence(family, part, above[0], above[1]).Value - Divergence(family, part, below[0], below[1]).Value;
        return difference / (above[argument][place] - below[argument][place]);
    }

    private static (double Value, float[] OfOld, float[] OfNew) Divergence(
        ActionDistribution family,
        int part,
        float[] old,
        float[] parameters
    )
    {
        (float[] values, float[] first, float[] second) = RowProgram.Run(
            (p, q) => part == Whole ? family.Divergence(p, q) : family.DecoupledDivergence(part, p, q),
            old,
            parameters
        );
        return (values[0], first, second);
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

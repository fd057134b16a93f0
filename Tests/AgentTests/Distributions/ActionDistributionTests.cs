using Agents.Distributions;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Distributions;

public sealed class ActionDistributionTests
{
    [Fact]
    public void DiagonalGaussian_StandardNormal_HasPublishedLogDensityAndEntropy()
    {
        var gaussian = new DiagonalGaussian(1);

        Assert.Equal(-0.9189385f, gaussian.LogProb([0, 0], [0]), 1e-6);
        Assert.Equal(1.4189385f, gaussian.Entropy([0, 0]), 1e-6);
    }

    [Fact]
    public void Categorical_HugeLogits_StayFinite()
    {
        var categorical = new Categorical(3);
        float[] logits = [1000, 999, -1000];

        Assert.Equal(-0.3132617f, categorical.LogProb(logits, [0]), 1e-5);
        Assert.True(float.IsFinite(categorical.Entropy(logits)));
    }

    [Fact]
    public void Sample_Categorical_FollowsItsProbabilities()
    {
        var categorical = new Categorical(3);
        float[] logits = [MathF.Log(0.2f), MathF.Log(0.5f), MathF.Log(0.3f)];
        var counts = new int[3];
        var random = new Pcg64(1);
        var action = new float[1];
        const int draws = 100_000;

        for (int i = 0; i < draws; i++)
        {
            categorical.Sample(logits, ref random, action);
            counts[(int)action[0]]++;
        }

        // Four standard errors of a share of 0.5 in 100,000 draws.
        Assert.Equal(0.2, counts[0] / (double)draws, 0.0064);
        Assert.Equal(0.5, counts[1] / (double)draws, 0.0064);
        Assert.Equal(0.3, counts[2] / (double)draws, 0.0064);
    }

    [Fact]
    public void Sample_Gaussian_HasItsMeanAndDeviation()
    {
        var gaussian = new DiagonalGaussian(2);
        float[] parameters = [1, -2, MathF.Log(0.5f), MathF.Log(3)];
        var random = new Pcg64(1);
        var action = new float[2];
        const int draws = 100_000;
        double sum0 = 0;
        double sum1 = 0;
        double squares1 = 0;

        for (int i = 0; i < draws; i++)
        {
            gaussian.Sample(parameters, ref random, action);
            sum0 += action[0];
            sum1 += action[1];
            squares1 += (action[1] + 2) * (action[1] + 2);
        }

        Assert.Equal(1, sum0 / draws, 0.0064);
        Assert.Equal(-2, sum1 / draws, 0.04);
        Assert.Equal(9, squares1 / draws, 0.17);
    }

    [Fact]
    public void Mode_EveryFamily_IsTheMostProbableAction()
    {
        var action = new float[2];

        new Categorical(3).Mode([0, 2, 1], action.AsSpan(0, 1));
        Assert.Equal(1, action[0]);
        new MultiCategorical(2, 3).Mode([1, 0, 0, 0, 5], action);
        Assert.Equal([0, 2], action);
        new DiagonalGaussian(2).Mode([.3f, .4f, 0, 0], action);
        Assert.Equal([.3f, .4f], action);
    }

    public static TheoryData<Space> ActionSpaces =>
        [new Discrete(4), new MultiDiscrete(2, 3, 4), new MultiBinary(3), new Box(-1, 1, 3)];

    [Theory]
    [MemberData(nameof(ActionSpaces))]
    public void LogProbAndEntropy_OfAProgram_EqualThePlainForms(Space space)
    {
        ActionDistribution distribution = ActionDistribution.For(space);
        var random = new Pcg64(9);
        const int rows = 16;
        var parameters = new float[rows * distribution.ParameterSize];
        var actions = new float[rows * distribution.ActionSize];
        foreach (ref float parameter in parameters.AsSpan())
        {
            parameter = (float)random.NextGaussian();
        }
        for (int row = 0; row < rows; row++)
        {
            distribution.Sample(
                Row(parameters, row, distribution.ParameterSize),
                ref random,
                actions.AsSpan(row * distribution.ActionSize, distribution.ActionSize)
            );
        }

        float[] logProbs = RowProgram.Run(distribution.LogProb, parameters, actions, rows).Values;
        float[] entropies = RowProgram.Run((value, _) => distribution.Entropy(value), parameters, actions, rows).Values;
        var together = new float[rows];
        distribution.LogProbs(parameters, actions, together);

        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> parameter = Row(parameters, row, distribution.ParameterSize);
            ReadOnlySpan<float> action = Row(actions, row, distribution.ActionSize);
            Assert.Equal(distribution.LogProb(parameter, action), logProbs[row], 1e-5);
            Assert.Equal(distribution.LogProb(parameter, action), together[row]);
            Assert.Equal(distribution.Entropy(parameter), entropies[row], 1e-5);
        }
    }

    private static ReadOnlySpan<float> Row(float[] values, int row, int size) => values.AsSpan(row * size, size);
}

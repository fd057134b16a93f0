using Agents.Networks;
using Agents.Networks.Layers;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks;

public sealed class ParameterInitializerTests
{
    [Theory]
    [InlineData(64, 64)]
    [InlineData(4, 64)]
    [InlineData(64, 4)]
    [InlineData(1, 64)]
    public void Orthogonal_AnyShape_HasOrthonormalShorterSideTimesGain(int rows, int columns)
    {
        const float gain = 1.41421356f;
        var random = new Pcg64(1);
        var matrix = new float[rows * columns];

        OrthogonalMatrix.Fill(matrix, rows, columns, gain, ref random);

        int shorter = Math.Min(rows, columns);
        for (int i = 0; i < shorter; i++)
        {
            for (int j = 0; j < shorter; j++)
            {
                double dot = 0;
                for (int k = 0; k < Math.Max(rows, columns); k++)
                {
                    dot +=
                        rows <= columns
                            ? (double)matrix[i * columns + k] * matrix[j * columns + k]
                            : (double)matrix[k * columns + i] * matrix[k * columns + j];
                }
                Assert.Equal(i == j ? gain * gain : 0, dot, 1e-6);
            }
        }
    }

    [Fact]
    public void Create_CategoricalPolicy_StartsNearlyUniform()
    {
        var spec = new NetworkSpec(new Box(-1, 1, 8), new Discrete(4), new NetworkSettings());
        var random = new Pcg64(3);
        using IActorCriticNetwork network = new ProgramNetwork(spec);
        network.LoadParameters(ParameterInitializer.Create(new ParameterLayout(spec), ref random));
        var distributions = new float[4];

        network.Unroll(1, [.5f, -.5f, 1, -1, 0, .2f, .9f, -.3f], [true], [], distributions, new float[1]);

        Assert.Equal(Math.Log(4), new global::Agents.Distributions.Categorical(4).Entropy(distributions), 1e-3);
    }

    [Fact]
    public void Create_SameSeed_GivesTheSameParameters()
    {
        var layout = new ParameterLayout(
            new NetworkSpec(new Box(-1, 1, 3), new Box(-1, 1, 2), new NetworkSettings { InitialLogStd = -0.5f })
        );
        var first = new Pcg64(5);
        var second = new Pcg64(5);
        var other = new Pcg64(6);

        float[] parameters = ParameterInitializer.Create(layout, ref first);

        Assert.Equal(parameters, ParameterInitializer.Create(layout, ref second));
        Assert.NotEqual(parameters, ParameterInitializer.Create(layout, ref other));
        Assert.All(layout["actor.log_std"].In((ReadOnlySpan<float>)parameters).ToArray(), value => Assert.Equal(-0.5f, value));
    }
}

using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.Randomness;

public sealed class ZigguratTests
{
    [Fact]
    public void NextNormal_SeedZero_GivesNumPysNumbersIncludingThoseOfTheTail()
    {
        // numpy.random.Generator(PCG64(0)).standard_normal(200_000)
        var random = new Pcg64(0);
        double[] draws = [.. Enumerable.Range(0, 200_000).Select(_ => random.NextNormal())];

        double[] first = [0.12573022, -0.13210486, 0.64042265, 0.10490012, -0.53566937];
        for (int i = 0; i < first.Length; i++)
        {
            Assert.Equal(first[i], draws[i], 5e-9);
        }
        Assert.Equal(-0.49541294309578066, draws[99_999], 1e-13);
        Assert.Equal(26.135110527473444, draws.Sum(), 1e-8);
        Assert.Equal(-4.593990195395772, draws.Min(), 1e-13);
        Assert.Equal(4.731957688635529, draws.Max(), 1e-13);
        Assert.Equal(58, draws.Count(draw => Math.Abs(draw) > 3.6541528853610088));
        Assert.Equal(0.16217122056746902, random.NextDouble()); // as many bits were used
    }
}

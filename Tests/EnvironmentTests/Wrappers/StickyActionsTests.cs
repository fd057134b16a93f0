using Environments;
using Environments.Randomness;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class StickyActionsTests
{
    [Fact]
    public void Step_ManyActions_RepeatsThePreviousOneAsOftenAsAsked()
    {
        const int copies = 50;
        using var environment = new StickyActions(CountingEnvironment.Make(copies, 1000, 1000), 0.25);
        environment.Reset(3);
        var random = new Pcg64(1);
        var actions = new float[copies];
        var executed = new float[copies];
        int repeated = 0;
        int chances = 0;
        for (int t = 0; t < 400; t++)
        {
            for (int i = 0; i < copies; i++)
            {
                actions[i] = random.NextInt(0, 10);
            }
            environment.Step(actions);
            for (int i = 0; i < copies; i++)
            {
                float done = environment.Observations[2 * i + 1];
                if (t > 0 && actions[i] != executed[i])
                {
                    chances++;
                    repeated += done == executed[i] ? 1 : 0;
                    Assert.True(done == executed[i] || done == actions[i]);
                }
                executed[i] = done;
            }
        }
        Assert.InRange((double)repeated / chances, 0.24, 0.26); // 18,000 chances: a standard deviation of 0.0032
    }

    [Fact]
    public void Step_FirstActionOfAnEpisode_IsAlwaysTaken()
    {
        using var environment = new StickyActions(CountingEnvironment.Make(20, 2, 2), 0.9);
        environment.Reset(5);
        for (int episode = 0; episode < 5; episode++)
        {
            float first = episode + 1;
            environment.Step(Enumerable.Repeat(first, 20).ToArray());
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(first, environment.Observations[2 * i + 1]);
            }
            environment.Step(Enumerable.Repeat(9f, 20).ToArray());
        }
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Create_ImpossibleProbability_Throws(double probability)
    {
        using BatchedEnvironment<CountingEnvironment> inner = CountingEnvironment.Make(1, 2, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => new StickyActions(inner, probability));
    }

    [Fact]
    public void Step_WrongNumberOfActions_IsReportedByTheEnvironment()
    {
        using var environment = new StickyActions(CountingEnvironment.Make(3, 2, 2), 0.5);
        environment.Reset(0);
        var error = Assert.Throws<ArgumentException>(() => environment.Step([1]));
        Assert.Contains("1 floats were given", error.Message, StringComparison.Ordinal);
    }
}

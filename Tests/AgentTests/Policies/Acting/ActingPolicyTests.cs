using Agents.Distributions;
using Agents.Policies.Acting;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Policies.Acting;

public sealed class ActingPolicyTests
{
    private const int Rows = 12;
    private const ulong Seed = 11;

    private static readonly Dictionary<string, Space> Spaces = new()
    {
        ["discrete"] = new Discrete(4),
        ["multi"] = new MultiDiscrete(3, 2),
        ["box"] = new Box(-1, 1, 2),
    };

    public static TheoryData<string> Names => [.. ActingPolicies.All.Select(acting => acting.Name)];

    // Written down when an enum chose between the two: 12 rows, and what the stream gives after them.
    [Theory]
    [InlineData("discrete", 12227294306139409109, new float[] { 1, 1, 2, 0, 0, 3, 0, 1, 3, 2, 1, 2 })]
    [InlineData(
        "multi",
        6516770838976923099,
        new float[] { 1, 1, 1, 0, 0, 1, 0, 0, 2, 0, 1, 0, 2, 1, 0, 0, 1, 1, 2, 1, 2, 0, 2, 1 }
    )]
    [InlineData(
        "box",
        1713728749013168159,
        new float[]
        {
            -5.886852f,
            0.33035734f,
            1.6122401f,
            -1.5971053f,
            0.29623544f,
            0.07665485f,
            8.715518f,
            1.0264249f,
            4.1321487f,
            -8.833762f,
            -0.79117656f,
            0.31964925f,
            0.6402896f,
            0.12239796f,
            0.46944878f,
            -5.8578224f,
            -0.5387294f,
            -0.013825357f,
            3.3829594f,
            -1.0453317f,
            -0.07544561f,
            2.9494915f,
            -3.8687458f,
            0.77431834f,
        }
    )]
    public void Choose_Sample_DrawsWhatItAlwaysDrew(string space, ulong after, float[] expected)
    {
        var distribution = ActionDistribution.For(Spaces[space]);
        var random = new Pcg64(Seed);
        var same = new Pcg64(Seed);
        var drawn = new float[distribution.ActionSize];
        var all = new List<float>();
        for (int row = 0; row < Rows; row++)
        {
            float[] parameters = Parameters(distribution, row);
            float[] action = Choose(ActingPolicies.Sample, distribution, parameters, ref random);
            distribution.Sample(parameters, ref same, drawn);
            float logProb = distribution.LogProb(parameters, action);

            Assert.Equal(drawn, action);
            Assert.Equal(logProb, ActingPolicies.Sample.LogProb(distribution, parameters, action, logProb));
            all.AddRange(action);
        }

        Assert.Equal(after, random.NextUInt64());
        Assert.Equal(expected.Length, all.Count);
        Assert.All(expected.Zip(all), pair => Assert.Equal(pair.First, pair.Second, 1e-5f)); // exponentials may differ between machines
    }

    [Theory]
    [InlineData("discrete", new float[] { 2, 0, 1, 0, 3, 1, 0, 1, 1, 0, 1, 2 })]
    [InlineData("multi", new float[] { 2, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 2, 1 })]
    [InlineData(
        "box",
        new float[]
        {
            -1,
            0.25f,
            0.75f,
            -0.75f,
            -0.25f,
            1,
            1.5f,
            0,
            0.5f,
            -1,
            -0.5f,
            0.75f,
            1.25f,
            -0.25f,
            0.25f,
            1.5f,
            -0.75f,
            0.5f,
            1,
            -0.5f,
            0,
            1.25f,
            -1,
            0.25f,
        }
    )]
    public void Choose_Greedy_TakesTheMostProbableWithoutADraw(string space, float[] expected)
    {
        var distribution = ActionDistribution.For(Spaces[space]);
        var random = new Pcg64(Seed);
        var all = new List<float>();
        for (int row = 0; row < Rows; row++)
        {
            all.AddRange(Choose(ActingPolicies.Greedy, distribution, Parameters(distribution, row), ref random));
        }

        Assert.Equal(expected, all);
        Assert.Equal(new Pcg64(Seed).NextUInt64(), random.NextUInt64());
    }

    [Theory]
    [InlineData("discrete")]
    [InlineData("multi")]
    [InlineData("box")]
    public void LogProb_Greedy_IsThatOfACertainty(string space)
    {
        var distribution = ActionDistribution.For(Spaces[space]);
        float[] parameters = Parameters(distribution, 1);
        var random = new Pcg64(Seed);
        float[] action = Choose(ActingPolicies.Greedy, distribution, parameters, ref random);

        Assert.Equal(
            0,
            ActingPolicies.Greedy.LogProb(distribution, parameters, action, distribution.LogProb(parameters, action))
        );
    }

    /// <summary>Whatever an acting policy does with a distribution, it does as often as it says.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void LogProb_EveryActingPolicy_IsHowOftenItReallyActsSo(string name)
    {
        const int draws = 40_000;
        IActingPolicy acting = ActingPolicies.Find(name);
        var distribution = ActionDistribution.For(Spaces["discrete"]);
        float[] parameters = [0.5f, -1, 1.25f, 0];
        var random = new Pcg64(Seed);
        var counts = new int[4];
        var logProbs = new float[4];
        for (int i = 0; i < draws; i++)
        {
            float[] action = Choose(acting, distribution, parameters, ref random);
            counts[(int)action[0]]++;
            logProbs[(int)action[0]] = acting.LogProb(distribution, parameters, action, distribution.LogProb(parameters, action));
        }

        for (int i = 0; i < counts.Length; i++)
        {
            Assert.Equal((double)counts[i] / draws, counts[i] == 0 ? 0 : Math.Exp(logProbs[i]), 0.015);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Choose_EveryActingPolicy_AllocatesNothing(string name)
    {
        IActingPolicy acting = ActingPolicies.Find(name);
        var distribution = ActionDistribution.For(Spaces["multi"]);
        float[] parameters = Parameters(distribution, 3);
        var random = new Pcg64(Seed);
        var action = new float[2];
        acting.Choose(distribution, parameters, ref random, action);
        acting.LogProb(distribution, parameters, action, -1);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1_000; i++)
        {
            acting.Choose(distribution, parameters, ref random, action);
            acting.LogProb(distribution, parameters, action, -1);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Find_EveryNameOfTheTable_GivesThatOne()
    {
        Assert.All(ActingPolicies.All, acting => Assert.Same(acting, ActingPolicies.Find(acting.Name)));
        Assert.Equal(["greedy", "sample"], ActingPolicies.All.Select(acting => acting.Name));
        Assert.All(ActingPolicies.All, acting => Assert.NotEmpty(acting.Description));
    }

    [Fact]
    public void Find_UnknownName_SuggestsTheNearest()
    {
        var error = Assert.Throws<UnknownNameException>(() => ActingPolicies.Find("gredy"));

        Assert.Equal("There is no acting policy 'gredy'. Did you mean 'greedy'? Known: greedy, sample.", error.Message);
    }

    private static float[] Choose(IActingPolicy acting, ActionDistribution distribution, float[] parameters, ref Pcg64 random)
    {
        var action = new float[distribution.ActionSize];
        Array.Fill(action, float.NaN);
        acting.Choose(distribution, parameters, ref random, action);
        Assert.DoesNotContain(float.NaN, action);
        return action;
    }

    private static float[] Parameters(ActionDistribution distribution, int row) =>
        [.. Enumerable.Range(0, distribution.ParameterSize).Select(i => (row * 7 + i * 5) % 11 / 4f - 1)];
}

using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Tests.AgentTests.Programs;

/// <summary>Draws depend on seed, title, run, row and column, and on nothing else; their distributions are right.</summary>
public sealed class DrawTests
{
    private const int Rows = 500;

    [Fact]
    public void Draw_OfOtherSeedTitleRunRowOrColumn_IsAnother()
    {
        float[] drawn = Drawn(DrawKind.Gaussian);

        Assert.Equal(drawn, Drawn(DrawKind.Gaussian));
        Assert.True(drawn.Distinct().Count() > drawn.Length - 5, "rows and columns must differ");
        float[][] others =
        [
            Drawn(DrawKind.Gaussian, seed: 6),
            Drawn(DrawKind.Gaussian, title: "other"),
            Drawn(DrawKind.Gaussian, run: 2),
        ];
        foreach (float[] other in others)
        {
            Assert.True(drawn.Zip(other).Count(pair => pair.First == pair.Second) < 5);
            Assert.InRange(Correlation(drawn, other), -0.1, 0.1);
        }
        Assert.InRange(Correlation(drawn[..^3], drawn[3..]), -0.1, 0.1); // neighbouring rows
    }

    [Theory]
    [InlineData(DrawKind.Uniform)]
    [InlineData(DrawKind.Bernoulli)]
    [InlineData(DrawKind.Gaussian)]
    public void Draw_InOtherBlocksOrderOrExecutor_IsTheSame(object kind)
    {
        float[] drawn = Drawn((DrawKind)kind);

        Assert.Equal(drawn, Drawn((DrawKind)kind, blockRows: 7));
        Assert.Equal(drawn, Drawn((DrawKind)kind, among: 3));
        Assert.Equal(drawn[..(40 * 3)], Drawn((DrawKind)kind, rows: 40));
        Assert.Equal(drawn, Drawn((DrawKind)kind, torch: true));
    }

    [Theory]
    [InlineData(DrawKind.Uniform, 0.5, 1 / 12.0)]
    [InlineData(DrawKind.Bernoulli, 0.3, 0.3 * 0.7)]
    [InlineData(DrawKind.Gaussian, 0, 1)]
    public void Draw_OfManyRows_HasItsMeanAndVariance(object kind, double mean, double variance)
    {
        float[] drawn = [.. Enumerable.Range(0, 100).SelectMany(run => Drawn((DrawKind)kind, run: (ulong)run))];
        double count = drawn.Length; // 150,000

        double found = drawn.Average();
        double spread = drawn.Sum(number => (number - found) * (number - found)) / count;

        Assert.InRange(found, mean - 5 * Math.Sqrt(variance / count), mean + 5 * Math.Sqrt(variance / count));
        Assert.InRange(spread, 0.98 * variance, 1.02 * variance);
        Assert.All(drawn, number => Assert.True((DrawKind)kind == DrawKind.Gaussian || number is >= 0 and <= 1));
    }

    // One draw, perhaps among others that are made before and after it.
    private static float[] Drawn(
        DrawKind kind,
        ulong seed = 5,
        string title = "draw",
        ulong run = 1,
        int rows = Rows,
        int blockRows = 128,
        int among = 0,
        bool torch = false
    )
    {
        var graph = new Graph { Seed = seed };
        Value[] others = [.. Enumerable.Range(0, among).Select(i => graph.Draw(DrawKind.Gaussian, $"before {i}", 2))];
        Value draw = graph.Draw(kind, title, 3, 0.3f);
        Value last = graph.Draw(DrawKind.Uniform, "after", 1);
        Value[] outputs = among > 0 ? [last, .. others, draw] : [draw];
        var plan = Plan.Compile(graph, outputs, null, new PlanOptions(Rows) { BlockRows = blockRows });
        IProgram program = torch ? new TorchProgram(plan, [], [], CPU) : new ManagedProgram(plan, [], []);
        using var released = program as IDisposable;
        program.Run(rows, 0, run);
        return program[draw].ToArray();
    }

    private static double Correlation(float[] a, float[] b)
    {
        (double meanA, double meanB) = (a.Average(), b.Average());
        double both = a.Zip(b).Sum(pair => (pair.First - meanA) * (pair.Second - meanB));
        return both / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(x => (x - meanB) * (x - meanB)));
    }
}

using System.Globalization;
using Agents.Programs.Planning;
using Xunit;

namespace Tests.AgentTests.Programs.Drawn;

/// <summary>Random graphs give in plans what they give in double precision, however they are planned.</summary>
/// <remarks>
/// Each seed is one graph. For a campaign set <c>AGENTS_PROGRAM_SEEDS</c> to the number of seeds, such as 10000, and run this class alone;
/// <c>AGENTS_PROGRAM_FIRST_SEED</c> says where to begin, so that a failing seed can be run by itself.
/// </remarks>
public sealed class RandomProgramTests
{
    private const int UsualSeeds = 200;

    [Fact]
    public void Programs_OfRandomGraphs_AreRight()
    {
        int first = Setting("AGENTS_PROGRAM_FIRST_SEED", 0);
        int count = Setting("AGENTS_PROGRAM_SEEDS", UsualSeeds);
        var failures = new List<string>();
        for (int seed = first; seed < first + count && failures.Count < 20; seed++)
        {
            if (Find(seed) is { } failure)
            {
                failures.Add($"Seed {seed}: {failure}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static string? Find(int seed)
    {
        try
        {
            RandomProblem drawn = RandomProblem.Of(seed);
            ProblemData data = drawn.Problem.Fill(drawn.Size, seed + 1);
            return ProgramChecks.Doubles(drawn.Problem, data, 0, 1e-5)
                ?? ProgramChecks.Doubles(drawn.Problem, data, 1, 1e-4)
                ?? ProgramChecks.SlopeAlong(drawn.Problem, data, 1, seed, 1e-5)
                ?? ProgramChecks.Memory(drawn.Problem, data, 1, [1 + seed % 5, 128], 1e-4)
                ?? (seed % 10 == 0 ? ProgramChecks.Torch(drawn.Problem, data, 1, 1e-4) : null)
                ?? Threads(drawn.Problem, data)
                ?? (seed % 4 == 0 ? OfGradients(drawn, seed) : null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception.ToString();
        }
    }

    // The gradients of the gradients.
    private static string? OfGradients(RandomProblem drawn, int seed)
    {
        drawn.Problem.Differentiate();
        ProblemData data = drawn.Problem.Fill(drawn.Size, seed + 2);
        return ProgramChecks.Doubles(drawn.Problem, data, 2, 3e-4)
            ?? ProgramChecks.SlopeAlong(drawn.Problem, data, 2, seed, 1e-5)
            ?? ProgramChecks.Memory(drawn.Problem, data, 2, [1 + seed % 7], 3e-4);
    }

    // Two programs of one plan, on two threads at once.
    private static string? Threads(Problem problem, ProblemData data)
    {
        Plan plan = ProgramResults.Plan(problem, data, 1);
        ProgramResults alone = ProgramResults.Managed(plan, data);
        ProgramResults? other = null;
        var thread = new Thread(() => other = ProgramResults.Managed(plan, data));
        thread.Start();
        ProgramResults here = ProgramResults.Managed(plan, data);
        thread.Join();
        string? found = here.DifferenceFrom(alone, 0) ?? other!.DifferenceFrom(alone, 0);
        return found is null ? null : $"On two threads: {found}";
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}

using Studies.Search;
using Studies.Trials;
using Xunit;

namespace Tests.StudyTests.Search;

/// <summary>The toy of Jaderberg et al. 2017, figure 2: two members with surrogates that each see one of two parameters.</summary>
public sealed class PopulationToyTests
{
    private const double Rate = 0.01;

    /// <summary>Members that copy reach the optimum of 1.2, and members that do not keep half of it.</summary>
    [Fact]
    public void Toy_WithAndWithoutCopies_ReachesWhatTheAlgebraSays()
    {
        double alone = Best(copies: false, 0.9, 0.901);
        double together = Best(copies: true, 0.9, 0.901);

        // Without copies: member 0 shrinks a alone, and the better one is that which shrinks the larger b.
        Assert.Equal(1.2 - 0.81 - Math.Pow(0.901 * Math.Pow(1 - 2 * Rate, 200), 2), alone, 6);
        Assert.Equal(0.3897, alone, 4);
        Assert.InRange(together, 1.15, 1.2);
    }

    [Fact]
    public void Toy_ScoresThatTie_AreNeverCopied() => Assert.Equal(0.389749, Best(copies: true, 0.9, 0.9), 6);

    private static double Best(bool copies, double a, double b)
    {
        SearchSpace space = SearchSpaceTests.Read("{ h: [left, right] }");
        // Weights are copied, and surrogates are not: each member keeps the parameter that it sees.
        var controller = new PopulationController(
            new StudyOutline(space, 200, 1, 1, 1),
            new PopulationSettings
            {
                Members = 2,
                Ready = 4,
                Exploit = copies ? ExploitRule.Tournament : ExploitRule.Truncation,
                Quantile = copies ? 0.5 : 0,
                Explore = ExploreRule.Resample,
                ResampleProbability = 0,
            }
        );
        var saved = new Dictionary<int, (double A, double B)>();
        StudyState state = VirtualStudy.Run(
            controller,
            (leg, now) =>
            {
                (double A, double B) theta =
                    leg.CopyOf is { } copied ? saved[copied]
                    : leg.Continues is { } before ? saved[before]
                    : (a, b);
                for (long step = VirtualStudy.StepsBefore(leg, now); step < leg.ToSteps; step++)
                {
                    theta = leg.Trial == 0 ? (theta.A * (1 - 2 * Rate), theta.B) : (theta.A, theta.B * (1 - 2 * Rate));
                }
                saved[leg.Number] = theta;
                return new LegResult { Score = 1.2 - (theta.A * theta.A + theta.B * theta.B), Steps = leg.ToSteps };
            },
            workers: 2 // both at once, so that clocks are alike
        );
        return state.Ended.Max(record => record.Result!.Score);
    }
}

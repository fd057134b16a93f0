using Environments.Randomness;
using Studies.Results;
using Studies.Search;
using Studies.Trials;
using Xunit;

namespace Tests.StudyTests.Search;

public sealed class PopulationTests
{
    [Theory]
    [InlineData(2, 0.25, 1)]
    [InlineData(3, 0.5, 1)]
    [InlineData(4, 0.25, 1)]
    [InlineData(5, 0.25, 2)]
    [InlineData(8, 0.2, 2)]
    [InlineData(10, 0.25, 3)]
    [InlineData(20, 0.2, 4)]
    [InlineData(1, 0.5, 0)]
    public void CountOf_IsRoundedUpAndAtMostHalf(int members, double quantile, int expected) =>
        Assert.Equal(expected, Exploit.CountOf(members, quantile));

    [Theory]
    [InlineData(3, 1, -1.477098, 18, 0.156932)]
    [InlineData(5, 1, -2.954196, 18, 0.008489)]
    [InlineData(0, 4, -3.419823, 10.120623, 0.006438)]
    public void Welch_OfTwoSamples_IsTheTextbooks(int begin, int step, double statistic, double freedom, double probability)
    {
        // The first is 1 to 10, or 0 to 9 against multiples.
        double[] first = [.. Enumerable.Range(step == 1 ? 1 : 0, 10).Select(i => (double)i)];
        double[] second = [.. Enumerable.Range(0, 10).Select(i => (double)begin + i * step)];

        (double t, double df, double p) = Exploit.Welch(Sample(first), Sample(second));

        Assert.Equal(statistic, t, 6);
        Assert.Equal(freedom, df, 6);
        Assert.Equal(probability, p, 6);
    }

    [Fact]
    public void Perturb_NumbersAndChoices_MoveOneStepInsideTheirRange()
    {
        SearchSpace space = SearchSpaceTests.Read(
            "{ rate: { from: 0.01, to: 1, scale: log }, n: { from: 1, to: 3, whole: true }, list: [a, b, c] }"
        );
        var settings = new PopulationSettings { Explore = ExploreRule.Perturb };
        var random = new Pcg64(1);
        var seen = new HashSet<string>();
        for (int i = 0; i < 200; i++)
        {
            seen.Add(
                Explore
                    .Change(settings, space, new SearchPoint([new("rate", "0.9"), new("n", "2"), new("list", "a")]), ref random)
                    .ToString()
            );
        }

        Assert.Equal(
            ["n=1", "n=3", "list=a", "list=b", "rate=0.72", "rate=1"],
            seen.SelectMany(point => point.Split(' '))
                .Distinct()
                .OrderBy(part =>
                    part.Split('=')[0] switch
                    {
                        "n" => 0,
                        "list" => 1,
                        _ => 2,
                    }
                )
                .ThenBy(part => part)
        );
    }

    [Fact]
    public void Resample_WithItsProbability_DrawsAnew()
    {
        SearchSpace space = SearchSpaceTests.Read("{ x: { from: 0, to: 1 } }");
        var settings = new PopulationSettings { Explore = ExploreRule.Resample, ResampleProbability = 0.25 };
        var random = new Pcg64(1);

        int changed = Enumerable
            .Range(0, 4_000)
            .Count(_ => Explore.Change(settings, space, new SearchPoint([new("x", "0.5")]), ref random)["x"] != "0.5");

        Assert.InRange(changed, 900, 1_100);
    }

    /// <summary>Eight members follow a moving optimum: α is copied from better members and moved by 0.1.</summary>
    [Fact]
    public void Population_MovingOptimum_FollowsItWithAShortLag()
    {
        const int Events = 100;
        SearchSpace space = SearchSpaceTests.Read("{ a: { from: 0, to: 1 } }");
        var controller = new TracedPopulation(
            new PopulationController(
                new StudyOutline(space, Events, 1, 1, 3),
                new PopulationSettings
                {
                    Members = 8,
                    Ready = 1,
                    Explore = ExploreRule.Perturb,
                    FactorDown = 0.9,
                    FactorUp = 1.1,
                }
            )
        );

        StudyState state = VirtualStudy.Run(
            controller,
            leg => 1 - Square(SearchParameter.Number(leg.Values["a"]!) - Ramp(leg.ToSteps)),
            workers: 8 // all at once, so that the fitness of none is that of a later moment
        );

        static double Square(double x) => x * x;
        static double Ramp(long steps) => 0.2 + 0.8 * Math.Clamp(steps / (0.5 * Events), 0, 1);
        Assert.All(state.Legs, record => Assert.InRange(SearchParameter.Number(record.Leg.Values["a"]!), 0, 1));
        foreach (long steps in (long[])[20, 30, 40, 50, 60, 80, 100])
        {
            double mean = state
                .Legs.Where(record => record.Leg.ToSteps == steps)
                .Average(record => SearchParameter.Number(record.Leg.Values["a"]!));
            Assert.InRange(mean, Ramp(steps) - 0.2, Ramp(steps) + 0.12);
        }
    }

    [Fact]
    public void Population_OneCurvature_BeatsTheBestConstantRate()
    {
        const int Seeds = 40;
        double[] population = new double[Seeds];
        double[] constant = new double[Seeds];
        for (int seed = 0; seed < Seeds; seed++)
        {
            population[seed] = NoisyQuadratic.Population(seed, quantile: 0.25);
            constant[seed] = NoisyQuadratic.Constant(seed);
        }

        // Another implementation: medians of 0.00033 and 0.00099.
        Assert.InRange(Median(population), 0.0002, 0.0005);
        Assert.InRange(Median(constant), 0.0006, 0.0014);
    }

    [Fact]
    public void Population_AtItsEnd_StemsFromOneStart()
    {
        StudyState state = NoisyQuadratic.Train(1, quantile: 0.25);

        int[] roots =
        [
            .. Enumerable.Range(0, 8).Select(member => Lineage.Schedule(state, state.Last(member)!)[0].Leg.Trial).Distinct(),
        ];

        Assert.Single(roots);
        // Every copy of the lineage is a leg that began with one, and every member trained each step once.
        Assert.Equal(state.Legs.Count(record => record.Leg.CopyOf is not null), Lineage.Rows(state).Count());
        foreach (int member in Enumerable.Range(0, 8))
        {
            long[] steps = [.. state.Legs.Where(record => record.Leg.Trial == member).Select(record => record.Leg.ToSteps)];
            Assert.Equal(Enumerable.Range(1, 20).Select(i => i * 100L), steps);
        }
    }

    [Fact]
    public void Schedule_OfACopy_FollowsItsSource()
    {
        var state = new StudyState();
        Add(0, 0, null, null, "1", 100);
        Add(1, 1, null, null, "2", 100);
        Add(2, 0, 0, null, "1", 200);
        Add(3, 1, 1, 2, "1.2", 200);

        Assert.Equal(
            [(0, 100L), (2, 100L), (3, 100L)],
            Lineage.Schedule(state, state.Last(1)!).Select(part => (part.Leg.Number, part.Steps))
        );
        LineageRow row = Assert.Single(Lineage.Rows(state));
        Assert.Equal(
            (1, 0, 100L, 200L, "2", "1", "1.2"),
            (row.Member, row.Source, row.OwnSteps, row.SourceSteps, row.Before!["x"], row.Copied["x"], row.After["x"])
        );

        void Add(int number, int member, int? continues, int? copyOf, string value, long steps)
        {
            state.Begin(
                new Leg
                {
                    Number = number,
                    Trial = member,
                    Candidate = member,
                    Seed = 1,
                    Values = new SearchPoint([new("x", value)]),
                    ToSteps = steps,
                    Continues = continues,
                    CopyOf = copyOf,
                }
            );
            state.End(number, new LegResult { Score = number, Steps = steps });
        }
    }

    [Fact]
    public void Population_ScoresThatAreAllAlike_CopiesByRankAlone()
    {
        StudyState ranked = VirtualStudy.Run(NoisyQuadratic.Controller(1, 0.25), _ => 1.0);
        StudyState compared = VirtualStudy.Run(
            new PopulationController(
                NoisyQuadratic.Outline(1),
                new PopulationSettings { Ready = 100, Exploit = ExploitRule.Tournament }
            ),
            _ => 1.0
        );

        // A rank has a lower end also where all are alike, so that exploring begins; a comparison has not.
        Assert.Contains(ranked.Legs, record => record.Leg.CopyOf is not null);
        Assert.All(compared.Legs, record => Assert.Null(record.Leg.CopyOf));
    }

    [Fact]
    public void Population_AMemberThatDiverges_GoesOnFromTheBest()
    {
        StudyState state = VirtualStudy.Run(
            NoisyQuadratic.Controller(1, 0.25),
            (leg, now) =>
                leg.Number == 3
                    ? new LegResult
                    {
                        Score = double.NaN,
                        Steps = 0,
                        Failure = "it diverged",
                    }
                    : new LegResult { Score = leg.Trial, Steps = VirtualStudy.StepsBefore(leg, now) + 100 }
        );

        Leg again = state.Legs.First(record => record.Leg.Trial == 3 && record.Leg.Number > 3).Leg;
        Assert.NotNull(again.CopyOf);
        Assert.Null(again.Continues);
        Assert.Equal(2_000, state.Last(3)!.Result!.Steps);
    }

    [Fact]
    public void Population_AMemberThatAlwaysFails_IsGivenUpAndTheOthersEnd()
    {
        StudyState state = VirtualStudy.Run(
            NoisyQuadratic.Controller(1, 0.25),
            (leg, now) =>
                leg.Trial == 3 && leg.ToSteps > 500
                    ? new LegResult
                    {
                        Score = double.NaN,
                        Steps = VirtualStudy.StepsBefore(leg, now),
                        Failure = "it diverged",
                    }
                    : new LegResult { Score = leg.Trial, Steps = VirtualStudy.StepsBefore(leg, now) + 100 }
        );

        Assert.Equal(3, state.Legs.Count(record => record.Result!.Failure is not null));
        Assert.Equal(500, state.Last(3)!.Result!.Steps);
        Assert.Equal(2_000, state.Last(4)!.Result!.Steps);
    }

    [Theory]
    [InlineData("Tournament")]
    [InlineData("TTest")]
    public void Population_OtherRules_CopyOnlyBetterMembers(string name)
    {
        ExploitRule rule = Enum.Parse<ExploitRule>(name);
        IStudyController controller = new PopulationController(
            NoisyQuadratic.Outline(1),
            new PopulationSettings { Ready = 100, Exploit = rule }
        );
        StudyState state = VirtualStudy.Run(
            controller,
            (leg, now) =>
                new LegResult
                {
                    Score = leg.Trial,
                    Deviation = 1,
                    Episodes = 10,
                    Steps = VirtualStudy.StepsBefore(leg, now) + 100,
                }
        );

        LineageRow[] rows = [.. Lineage.Rows(state)];
        Assert.NotEmpty(rows);
        // With a deviation of 1 over 10 episodes a difference of 1 is just enough (t = 2.236, p = 0.038).
        Assert.All(rows, row => Assert.True(row.SourceScore > row.OwnScore));
        Assert.Contains(rows, row => row.SourceScore - row.OwnScore < 1.5);
    }

    private static (double, double, int) Sample(double[] values)
    {
        double mean = values.Average();
        return (mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)), values.Length);
    }

    private static double Median(double[] values) => values.Order().Skip(values.Length / 2 - 1).Take(2).Average();

    // Members begin low, where the optimum begins.
    private sealed class TracedPopulation(IStudyController inner) : IStudyController
    {
        public Leg? Next(StudyState state) =>
            inner.Next(state) is { } leg
                ? leg is { Continues: null, CopyOf: null }
                    ? leg with
                    {
                        Values = new SearchPoint([new("a", "0.2")]),
                    }
                    : leg
                : null;
    }
}

using Environments.Randomness;
using Studies.Search;
using Studies.Trials;
using Xunit;

namespace Tests.StudyTests.Search;

public sealed class HalvingTests
{
    private static readonly SearchSpace Space = SearchSpaceTests.Read("{ x: { from: 0, to: 1 } }");

    [Theory]
    [InlineData(1, 81, 3, new long[] { 1, 3, 9, 27, 81 })]
    [InlineData(1, 243, 3, new long[] { 1, 3, 9, 27, 81, 243 })]
    [InlineData(1, 1000, 10, new long[] { 1, 10, 100, 1000 })]
    [InlineData(10, 100, 3, new long[] { 10, 30, 90 })]
    [InlineData(200, 100, 3, new long[] { 100 })]
    public void Rungs_AreMultiplesOfTheFirst(int first, int total, int reduction, long[] expected) =>
        Assert.Equal(expected, new HalvingSettings { FirstRung = first, Reduction = reduction }.RungsOf(total));

    [Fact]
    public void Rungs_WithoutAFirst_EndWithTheWholeLength() =>
        Assert.Equal([3_703, 11_111, 33_333, 100_000], new HalvingSettings().RungsOf(100_000));

    [Fact]
    public void CutOff_IsAPercentile()
    {
        Assert.Equal(3, HalvingController.CutOff([2, 4], 2));
        Assert.Equal(2.33333, HalvingController.CutOff([3, 1, 2], 3), 5);
        Assert.Equal(14.25, HalvingController.CutOff(Enumerable.Range(0, 20).Select(i => (double)i), 4));
        // Between a failure and a score lies nothing.
        Assert.Equal(double.NegativeInfinity, HalvingController.CutOff([100, double.NegativeInfinity], 3));
    }

    [Fact]
    public void Promotion_BestFirst_TrainsAsManyAsSynchronousHalving()
    {
        StudyState state = Run(HalvingForm.Promotion, 81, leg => -leg.Candidate);

        Assert.Equal([81, 27, 9, 3, 1], OnRungs(state));
        Assert.Equal(297, state.Ended.Sum(record => record.Leg.ToSteps - VirtualStudy.StepsBefore(record.Leg, state)));
        Assert.Equal(0, state.Ended.Single(record => record.Leg.ToSteps == 81).Leg.Candidate);
    }

    [Fact]
    public void Promotion_WithNoise_PromotesWronglyAboutAsOftenAsItsRoot()
    {
        double[] wrong = [0, 0];
        for (int seed = 0; seed < 40; seed++)
        {
            double[] scores = Scores(seed, 243);
            // One rung above the first, so that nothing else is decided.
            var settings = new HalvingSettings { FirstRung = 1, Candidates = 243 };
            IStudyController controller = settings.Create(new StudyOutline(Space, 3, 1, 1, 1));
            StudyState state = VirtualStudy.Run(controller, leg => scores[leg.Candidate]);
            foreach ((int count, int i) in ((int, int)[])[(81, 0), (243, 1)])
            {
                HashSet<int> best = [.. Enumerable.Range(0, count).OrderByDescending(c => scores[c]).Take(count / 3)];
                int begun = state.Legs.TakeWhile(record => record.Leg.Candidate < count).Count();
                wrong[i] +=
                    state.Legs.Take(begun).Count(record => record.Leg.ToSteps == 3 && !best.Contains(record.Leg.Candidate))
                    / 40.0;
            }
        }

        Assert.InRange(wrong[0], 3.1, 10); // another implementation had 3.1 and 6.9 for 81 and 243, in another way of counting
        Assert.InRange(wrong[1] / wrong[0], 1.3, 2.3); // about the root of 3
    }

    [Fact]
    public void Stopping_WorseThanMostBefore_EndsAtItsRung()
    {
        double[] scores = [5, 4, 6, 1, 7];
        StudyState state = Run(HalvingForm.Stopping, 5, leg => scores[leg.Candidate], totalSteps: 3);

        // The first passes whatever it is; 4 is below 5, and 1 below two thirds of 5, 4, 6.
        Assert.Equal(
            [0, 2, 4],
            state.Ended.Where(record => record.Leg.ToSteps == 3).Select(record => record.Leg.Candidate).Order()
        );
    }

    [Fact]
    public void Promotion_ManyWorkers_FindsBetterThanWholeRuns()
    {
        (double whole, double promotion, double stopping) = (0, 0, 0);
        const int Studies = 60;
        for (int seed = 0; seed < Studies; seed++)
        {
            whole += Incumbent(seed, new RandomSettings { Candidates = 400 }) / Studies;
            promotion += Incumbent(seed, new HalvingSettings { Candidates = 2_000, FirstRung = 1 }) / Studies;
            stopping +=
                Incumbent(
                    seed,
                    new HalvingSettings
                    {
                        Candidates = 2_000,
                        FirstRung = 1,
                        Form = HalvingForm.Stopping,
                    }
                ) / Studies;
        }

        // Another implementation: 0.147, 0.060 and 0.062 after 200 units of nine workers, with errors of 0.009 over 200 seeds.
        Assert.InRange(whole, 0.11, 0.19);
        Assert.InRange(promotion, 0.04, 0.085);
        Assert.InRange(stopping, 0.04, 0.095);
    }

    [Fact]
    public void Promotion_SeveralSeeds_GoOnTogetherByTheirMean()
    {
        var settings = new HalvingSettings { FirstRung = 1, Candidates = 3 };
        // Seed 1 of candidate 0 is the best of all, and its mean is not.
        double[,] scores =
        {
            { 10, -20 },
            { 3, 3 },
            { 4, 1 },
        };

        StudyState state = VirtualStudy.Run(
            settings.Create(new StudyOutline(Space, 3, 7, 2, 1)),
            leg => scores[leg.Candidate, (int)leg.Seed - 7]
        );

        LegRecord[] promoted = [.. state.Legs.Where(record => record.Leg.ToSteps == 3)];
        Assert.Equal([1, 1], promoted.Select(record => record.Leg.Candidate));
        Assert.Equal([7UL, 8UL], promoted.Select(record => record.Leg.Seed));
    }

    [Fact]
    public void Promotion_WhatFailed_NeverGoesOn()
    {
        StudyState state = VirtualStudy.Run(
            new HalvingSettings { FirstRung = 1, Candidates = 9 }.Create(new StudyOutline(Space, 9, 1, 1, 1)),
            (leg, _) =>
                new LegResult
                {
                    Score = double.NaN,
                    Steps = 0,
                    Failure = "it diverged",
                }
        );

        Assert.Equal(9, state.Legs.Count);
    }

    private static StudyState Run(HalvingForm form, int candidates, Func<Leg, double> score, long totalSteps = 81) =>
        VirtualStudy.Run(
            new HalvingSettings
            {
                Form = form,
                FirstRung = 1,
                Candidates = candidates,
            }.Create(new StudyOutline(Space, totalSteps, 1, 1, 1)),
            score
        );

    private static IEnumerable<int> OnRungs(StudyState state) =>
        state.Ended.GroupBy(record => record.Leg.ToSteps).OrderBy(rung => rung.Key).Select(rung => rung.Count());

    private static double[] Scores(int seed, int count)
    {
        var random = new Pcg64((ulong)seed);
        var scores = new double[count];
        for (int i = 0; i < count; i++)
        {
            scores[i] = random.NextNormal();
        }
        return scores;
    }

    // The asymptote of the best at the highest rung, after 200 units of time of nine workers.
    private static double Incumbent(int seed, MethodSettings method)
    {
        static (double Asymptote, double Rate, double Noise) Task(int seed, Leg leg)
        {
            var random = new Pcg64(new SeedSequence((ulong)seed).Child((uint)leg.Candidate));
            // Beta (2, 2) is the median of three uniform numbers.
            double[] three = [random.NextDouble(), random.NextDouble(), random.NextDouble()];
            double rate = Math.Exp(random.NextUniform(Math.Log(0.3), Math.Log(1.2)));
            var noise = new Pcg64(new SeedSequence((ulong)seed).Child((uint)leg.Candidate).Child((uint)leg.ToSteps));
            return (three.Order().ElementAt(1), rate, noise.NextNormal());
        }
        StudyState state = VirtualStudy.Run(
            method.Create(new StudyOutline(Space, 81, 1, 1, 1)),
            (leg, _) =>
            {
                (double asymptote, double rate, double noise) = Task(seed, leg);
                double loss = asymptote + (1.2 - asymptote) * Math.Pow(1 + leg.ToSteps, -rate) + 0.02 * noise;
                return new LegResult { Score = -loss, Steps = leg.ToSteps };
            },
            workers: 9,
            until: 200
        );
        LegRecord best = state
            .Ended.OrderByDescending(record => record.Leg.ToSteps)
            .ThenByDescending(record => record.Result!.Score)
            .First();
        return Task(seed, best.Leg).Asymptote;
    }
}

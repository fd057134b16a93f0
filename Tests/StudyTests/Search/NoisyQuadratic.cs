using Environments.Randomness;
using Studies.Search;
using Studies.Trials;

namespace Tests.StudyTests.Search;

/// <summary>
/// Stochastic gradient descent on a noisy quadratic in 100 dimensions: θ ← θ − r (θ − N(0, 1)) from 3, loss mean θ² / 2. A large rate is best at first, and
/// a small one at the end, so that a schedule beats every constant.
/// </summary>
internal static class NoisyQuadratic
{
    private const int Dimensions = 100;
    private const int Steps = 2_000;

    public static StudyOutline Outline(int seed) =>
        new(SearchSpaceTests.Read("{ rate: { from: 1e-3, to: 1, scale: log } }"), Steps, 1, 1, (ulong)seed);

    public static IStudyController Controller(int seed, double quantile) =>
        new PopulationController(Outline(seed), new PopulationSettings { Ready = 100, Quantile = quantile });

    /// <summary>Trains a population of 8.</summary>
    public static StudyState Train(int seed, double quantile) => Run(Controller(seed, quantile), seed).State;

    /// <summary>Final loss of the member with the best score.</summary>
    public static double Population(int seed, double quantile)
    {
        (StudyState state, Dictionary<int, double[]> saved) = Run(Controller(seed, quantile), seed);
        LegRecord best = Enumerable.Range(0, 8).Select(member => state.Last(member)!).MaxBy(record => record.Result!.Score)!;
        return Loss(saved[best.Leg.Number]);
    }

    /// <summary>Final loss of the best of 8 constant rates.</summary>
    public static double Constant(int seed)
    {
        IStudyController controller = new RandomSettings { Candidates = 8 }.Create(Outline(seed));
        (StudyState state, Dictionary<int, double[]> saved) = Run(controller, seed);
        return Loss(saved[state.Legs.MaxBy(record => record.Result!.Score)!.Leg.Number]);
    }

    private static (StudyState State, Dictionary<int, double[]> Saved) Run(IStudyController controller, int seed)
    {
        var saved = new Dictionary<int, double[]>();
        StudyState state = VirtualStudy.Run(
            controller,
            (leg, now) =>
            {
                double[] theta =
                    leg.CopyOf is { } copied ? [.. saved[copied]]
                    : leg.Continues is { } before ? [.. saved[before]]
                    : [.. Enumerable.Repeat(3.0, Dimensions)];
                long begun = VirtualStudy.StepsBefore(leg, now);
                var random = new Pcg64(new SeedSequence((ulong)seed).Child(7).Child((uint)leg.Number));
                double rate = SearchParameter.Number(leg.Values["rate"]!);
                for (long step = begun; step < leg.ToSteps; step++)
                {
                    for (int i = 0; i < Dimensions; i++)
                    {
                        theta[i] -= rate * (theta[i] - random.NextNormal());
                    }
                }
                saved[leg.Number] = theta;
                return new LegResult { Score = -Loss(theta) * (1 + 0.05 * random.NextNormal()), Steps = leg.ToSteps };
            }
        );
        return (state, saved);
    }

    private static double Loss(double[] theta) => theta.Average(value => value * value) / 2;
}

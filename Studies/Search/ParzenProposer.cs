using Environments.Randomness;
using Studies.Trials;

namespace Studies.Search;

/// <summary>
/// Proposes values by the tree-structured Parzen estimator in its independent form: for each setting the value, among some drawn from the density l of
/// good trials, with the largest log l − log b, where b is the density of the others. Expected improvement rises with l / b.
/// </summary>
/// <remarks>Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011; the densities are those of Optuna's TPESampler.</remarks>
/// <param name="outline">The study.</param>
/// <param name="startup">Trials that have ended before the model is used.</param>
/// <param name="draws">Draws for each value.</param>
internal sealed class ParzenProposer(StudyOutline outline, int startup, int draws)
{
    private const int MostGood = 25;
    private const double ShareGood = 0.1;

    /// <summary>How many of n trials count as good: a tenth, rounded up, and at most 25.</summary>
    public static int GoodOf(int trials) => Math.Min((int)Math.Ceiling(ShareGood * trials), MostGood);

    /// <summary>Expected improvement over its largest possible value's scale: 1 / (γ + (1 − γ) b / l).</summary>
    /// <param name="share">γ, the share of good trials.</param>
    /// <param name="ratio">b / l.</param>
    public static double Improvement(double share, double ratio) => 1 / (share + (1 - share) * ratio);

    /// <summary>Values for a candidate.</summary>
    /// <param name="candidate">Its number, which says which random stream is used.</param>
    /// <param name="trials">Earlier candidates in their order.</param>
    public SearchPoint Propose(int candidate, IReadOnlyList<ParzenTrial> trials)
    {
        Pcg64 random = RandomSettings.StreamOf(outline, candidate);
        if (trials.Count(trial => trial.Score is not null) < startup)
        {
            return outline.Space.Draw(ref random);
        }
        int good = GoodOf(trials.Count);
        HashSet<int> best =
        [
            .. Enumerable
                .Range(0, trials.Count)
                .OrderByDescending(i => trials[i].Score is null ? -1 : trials[i].Steps)
                .ThenByDescending(i => trials[i].Score ?? double.NegativeInfinity)
                .ThenBy(i => i)
                .Take(good),
        ];
        var values = new List<KeyValuePair<string, string>>();
        foreach (SearchParameter parameter in outline.Space.Parameters)
        {
            if (parameter.ExistsIn(new SearchPoint(values)))
            {
                values.Add(new(parameter.Key, Choose(parameter, trials, best, ref random)));
            }
        }
        return new SearchPoint(values);
    }

    private string Choose(SearchParameter parameter, IReadOnlyList<ParzenTrial> trials, HashSet<int> best, ref Pcg64 random)
    {
        // All trials are split first, and then those are kept that have the setting.
        string[] good = [.. Values(i => best.Contains(i))];
        string[] bad = [.. Values(i => !best.Contains(i))];
        return parameter.IsRange
            ? OfRange(parameter, new ParzenDensity(parameter, good), new ParzenDensity(parameter, bad), ref random)
            : OfChoices(parameter, ChoiceDensity.Of(parameter, good), ChoiceDensity.Of(parameter, bad), ref random);

        IEnumerable<string> Values(Func<int, bool> isOne) =>
            Enumerable.Range(0, trials.Count).Where(isOne).Select(i => trials[i].Values[parameter.Key]).OfType<string>();
    }

    private string OfRange(SearchParameter parameter, ParzenDensity good, ParzenDensity bad, ref Pcg64 random)
    {
        (string value, double ratio) = ("", double.NegativeInfinity);
        for (int i = 0; i < draws; i++)
        {
            string drawn = parameter.At(good.Draw(ref random));
            double axis = parameter.OnAxis(SearchParameter.Number(drawn));
            double gain = good.Log(axis) - bad.Log(axis);
            if (value.Length == 0 || gain > ratio)
            {
                (value, ratio) = (drawn, gain);
            }
        }
        return value;
    }

    private string OfChoices(SearchParameter parameter, double[] good, double[] bad, ref Pcg64 random)
    {
        (int choice, double ratio) = (-1, double.NegativeInfinity);
        for (int i = 0; i < draws; i++)
        {
            double left = random.NextDouble();
            int drawn = 0;
            while (drawn < good.Length - 1 && (left -= good[drawn]) >= 0)
            {
                drawn++;
            }
            if (choice < 0 || good[drawn] / bad[drawn] > ratio)
            {
                (choice, ratio) = (drawn, good[drawn] / bad[drawn]);
            }
        }
        return parameter.Choices[choice];
    }
}

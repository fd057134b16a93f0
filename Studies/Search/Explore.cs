using Environments.Randomness;
using Studies.Trials;

namespace Studies.Search;

/// <summary>How copied values change (Jaderberg et al. 2017, section 4.1.2).</summary>
internal static class Explore
{
    /// <summary>Changed values, from those of the member that was copied.</summary>
    public static SearchPoint Change(PopulationSettings settings, SearchSpace space, SearchPoint copied, ref Pcg64 random)
    {
        var values = new List<KeyValuePair<string, string>>();
        foreach (SearchParameter parameter in space.Parameters)
        {
            string value = copied[parameter.Key]!;
            // All are drawn, so that one setting's fate does not move another's.
            string fresh = parameter.Draw(ref random);
            string moved = Move(settings, parameter, value, random.NextDouble() < 0.5);
            bool isFresh = random.NextDouble() < settings.ResampleProbability && parameter.Step == 0;
            values.Add(
                new(
                    parameter.Key,
                    settings.Explore switch
                    {
                        ExploreRule.Both => isFresh ? fresh : moved,
                        ExploreRule.Perturb => moved,
                        ExploreRule.Resample => isFresh ? fresh
                        : parameter.Step > 0 ? moved
                        : value,
                        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Explore, "There is no such rule."),
                    }
                )
            );
        }
        return new SearchPoint(values);
    }

    // Whole numbers that a factor leaves where they are move by one.
    private static string Move(PopulationSettings settings, SearchParameter parameter, string value, bool isUp)
    {
        if (!parameter.IsRange)
        {
            int place = parameter.Choices.ToList().IndexOf(value) + (isUp ? 1 : -1);
            return parameter.Choices[Math.Clamp(place, 0, parameter.Choices.Count - 1)];
        }
        double number = SearchParameter.Number(value);
        if (parameter.Step > 0)
        {
            return parameter.TextOf(number + (isUp ? parameter.Step : -parameter.Step));
        }
        string moved = parameter.TextOf(number * (isUp ? settings.FactorUp : settings.FactorDown));
        return parameter.IsWhole && moved == value ? parameter.TextOf(number + (isUp ? 1 : -1)) : moved;
    }
}

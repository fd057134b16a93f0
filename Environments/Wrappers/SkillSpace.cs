using Environments.Spaces;

namespace Environments.Wrappers;

/// <summary>Where the skill of an episode stands in an observation. Immutable.</summary>
/// <param name="Environment">What the environment shows by itself, which is the first <paramref name="Offset"/> floats of a row.</param>
/// <param name="Offset">Place of the skill, an integer, within a row.</param>
/// <param name="Count">Skills, K.</param>
internal sealed record SkillSpace(Space Environment, int Offset, int Count)
{
    private const string SkillKey = "skill";
    private const string ObservationKey = "observation";

    /// <summary>Observations with a skill behind them.</summary>
    /// <param name="environment">What the environment shows by itself.</param>
    /// <param name="count">Skills, K.</param>
    /// <exception cref="ArgumentException">It has an entry of that name.</exception>
    public static Dict Around(Space environment, int count)
    {
        var skill = KeyValuePair.Create<string, Space>(SkillKey, new Discrete(count));
        if (environment is not Dict dict)
        {
            return new Dict(KeyValuePair.Create(ObservationKey, environment), skill);
        }
        foreach ((string key, _) in dict.Entries)
        {
            if (key == SkillKey)
            {
                throw new ArgumentException(
                    $"the environment shows {environment}, which has an entry '{SkillKey}' of its own, so no other skill can stand beside it. Leave skills out."
                );
            }
        }
        return new Dict([.. dict.Entries, skill]);
    }

    /// <summary>Finds the skill that <see cref="SkillPerEpisode"/> shows, also where <see cref="PreviousActionReward"/> stands around it; null where there is none.</summary>
    /// <param name="space">Observations through all layers.</param>
    public static SkillSpace? Find(Space space)
    {
        if (space is not Dict dict)
        {
            return null;
        }
        ReadOnlySpan<KeyValuePair<string, Space>> entries = dict.Entries;
        if (entries.Length >= 2 && entries[^1].Key == SkillKey && entries[^1].Value is Discrete skill)
        {
            Space environment =
                entries.Length == 2 && entries[0].Key == ObservationKey ? entries[0].Value : new Dict(entries[..^1]);
            return new SkillSpace(environment, environment.Size, skill.Count);
        }
        return entries[0].Key == ObservationKey ? Find(entries[0].Value) : null;
    }

    /// <summary>The skill of a row.</summary>
    /// <param name="observation">A whole row.</param>
    public int SkillOf(ReadOnlySpan<float> observation) => (int)observation[Offset];
}

using Environments;
using Protos.Foreign;

namespace Agents.Policies.Acting;

/// <summary>All acting policies by name. One is added by a file of its own and one line here.</summary>
public static class ActingPolicies
{
    /// <summary>Key of an acting policy's name in the settings that a learner tells its actors.</summary>
    internal const string Key = "acting";

    /// <summary>Draws from the distribution: how agents act unless they say otherwise, and how every policy acts whose description does not say.</summary>
    public static IActingPolicy Sample { get; } = new SampleActing();

    /// <summary>Takes the most probable action.</summary>
    public static IActingPolicy Greedy { get; } = new GreedyActing();

    /// <summary>The table, ordered by name.</summary>
    public static IReadOnlyList<IActingPolicy> All { get; } = [Greedy, Sample];

    /// <summary>The acting policy of a name.</summary>
    /// <exception cref="UnknownNameException">There is none; the message names the nearest one.</exception>
    public static IActingPolicy Find(string name) => TryFind(name) ?? throw new UnknownNameException(Unknown(name));

    /// <summary>The acting policy of a name; null where there is none.</summary>
    internal static IActingPolicy? TryFind(string name)
    {
        foreach (IActingPolicy acting in All)
        {
            if (acting.Name == name)
            {
                return acting;
            }
        }
        return null;
    }

    /// <summary>What to say of a name that is not in the table.</summary>
    internal static string Unknown(string name)
    {
        string[] names = [.. All.Select(acting => acting.Name)];
        return $"There is no acting policy '{ForeignText.Show(name)}'.{NearestName.Suggest(name, names)} Known: {string.Join(", ", names)}.";
    }
}

using Agents.Distributions;
using Agents.Networks;
using Environments.Spaces;

namespace Learners.Training;

/// <summary>A head of a run's network that a saved policy cannot fill.</summary>
/// <param name="Name">The head.</param>
/// <param name="Why">What differs, in words.</param>
/// <param name="Parameters">Names of its parameters in the run's network.</param>
internal sealed record HeadMisfit(string Name, string Why, IReadOnlyList<string> Parameters)
{
    /// <summary>All heads of a run that a policy cannot fill; none where every one fits.</summary>
    /// <param name="theirs">The policy's network.</param>
    /// <param name="theirLayout">Its parameters.</param>
    /// <param name="ours">The run's network.</param>
    /// <param name="ourLayout">Its parameters.</param>
    public static List<HeadMisfit> Find(
        NetworkSpec theirs,
        ParameterLayout theirLayout,
        NetworkSpec ours,
        ParameterLayout ourLayout
    )
    {
        var misfits = new List<HeadMisfit>();
        foreach (Head head in ours.Heads)
        {
            Head? other = theirs.Heads.FirstOrDefault(candidate => candidate.Name == head.Name);
            string[] parameters = [.. ParametersOf(head, ourLayout)];
            if (Difference() is { } why)
            {
                misfits.Add(new HeadMisfit(head.Name, why, parameters));
            }

            string? Difference()
            {
                if (other is null)
                {
                    return $"{head.Name}: the policy has none";
                }
                if (other.Kind != head.Kind || other.Branch != head.Branch)
                {
                    return $"{head.Name}: {other.Kind} on {other.Branch} there, {head.Kind} on {head.Branch} here";
                }
                if (head.Name == Head.Policy && !HaveSameMeaning(theirs.ActionSpace, ours.ActionSpace))
                {
                    return $"{head.Name}: actions of {theirs.ActionSpace} there, of {ours.ActionSpace} here";
                }
                string[] shapes =
                [
                    .. parameters
                        .Where(name => !ParameterShapes.Fits(theirLayout.Find(name), ourLayout[name]))
                        .Select(name => ParameterShapes.Compare(name, theirLayout.Find(name), ourLayout[name])),
                ];
                return shapes.Length == 0 ? null : $"{head.Name}: {string.Join(", ", shapes)}";
            }
        }
        return misfits;
    }

    /// <summary>Names of the parameters that a head has in a layout.</summary>
    public static IEnumerable<string> ParametersOf(Head head, ParameterLayout layout) =>
        layout
            .Slots.Select(slot => slot.Name)
            .Where(name =>
                name.StartsWith(head.Path + ".", StringComparison.Ordinal)
                || head.Name == Head.Policy && name == ParameterLayout.LogStd
            );

    // The numbers of a head mean the same where the kind of distribution and its parts are the same; bounds of a box are applied behind it.
    private static bool HaveSameMeaning(Space theirs, Space ours) =>
        theirs is Box && ours is Box
            ? ActionDistribution.For(theirs).HeadSize == ActionDistribution.For(ours).HeadSize
            : theirs == ours;
}

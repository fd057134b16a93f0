using System.Text.RegularExpressions;
using Agents.Networks;
using Agents.Programs;

namespace Learners.Training;

/// <summary>What the earlier policies of a curriculum take over from a saved policy that is no mixture: what stands at the same place, in the same shape.</summary>
/// <param name="Plain">The run's network without its mixture, which the policy is compared with.</param>
/// <param name="Sources">For each parameter of the mixture alone the policy's parameter that it begins with; null for a fresh one.</param>
/// <param name="Fresh">Names of those that begin afresh.</param>
internal sealed partial record StageStart(
    NetworkSpec Plain,
    IReadOnlyDictionary<string, string?> Sources,
    IReadOnlyList<string> Fresh
)
{
    /// <summary>The plan of a run's network; null where it has no mixture, or the policy has the same one.</summary>
    /// <param name="network">The run's network.</param>
    /// <param name="theirs">The policy's.</param>
    /// <param name="theirLayout">Its parameters.</param>
    public static StageStart? Of(NetworkSpec network, NetworkSpec theirs, ParameterLayout theirLayout)
    {
        if (network.Settings.Mixture is not { } mixture || theirs.Settings.Mixture is not null)
        {
            return null;
        }
        NetworkSpec plain = network with { Settings = network.ResolvedSettings with { Mixture = null } };
        var own = new ParameterLayout(plain);
        var sources = new Dictionary<string, string?>();
        foreach (ParameterSlot slot in new ParameterLayout(network).Slots.Where(slot => own.Find(slot.Name) is null))
        {
            sources.Add(slot.Name, SourceOf(slot, mixture, theirs, theirLayout));
        }
        // How policies are mixed is the curriculum's, and is no part of a policy.
        string[] fresh = [.. sources.Where(pair => pair.Value is null && pair.Key != MixturePlan.Alpha).Select(pair => pair.Key)];
        return new StageStart(plain, sources, fresh);
    }

    private static string? SourceOf(ParameterSlot slot, MixtureSettings mixture, NetworkSpec theirs, ParameterLayout theirLayout)
    {
        Match match = StagePart().Match(slot.Name);
        if (!match.Success)
        {
            return null;
        }
        StageSettings stage = mixture.Stages[
            int.Parse(match.Groups["stage"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)
        ];
        string name = slot.Name.Remove(match.Index, match.Length);
        string[] path = name.Split('.');
        // Numbers of one shape can mean other actions, or another memory.
        bool isOther =
            (stage.Actions is not null || stage.Task is not null) && path.Contains("head")
            || stage.CoreOf(theirs.Settings.Core) != theirs.Settings.Core && path.Contains("core");
        return !isOther && ParameterShapes.Fits(theirLayout.Find(name), slot) ? name : null;
    }

    [GeneratedRegex(@"stages\.(?<stage>\d+)\.", RegexOptions.ExplicitCapture)]
    private static partial Regex StagePart();
}

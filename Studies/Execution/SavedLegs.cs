using Agents.Files;
using Studies.Legs;
using Studies.Trials;

namespace Studies.Execution;

/// <summary>What members of a population have saved: each stretch in a folder of its own, until nothing can begin with it any more.</summary>
internal static class SavedLegs
{
    /// <summary>Deletes what is not needed: all but each member's newest whole stretch, and what running ones begin with.</summary>
    public static void Prune(string root, StudyPlan plan, StudyState state)
    {
        if (!plan.Settings.Method.IsPopulation || !Directory.Exists(Path.Combine(root, "members")))
        {
            return;
        }
        HashSet<string> needed = [];
        foreach (int trial in state.Legs.Select(record => record.Leg.Trial).Distinct())
        {
            LegRecord newest = state.Last(trial)!;
            needed.Add(plan.FolderOf(newest.Leg));
            if (newest.Result is null)
            {
                needed.Add(plan.FolderOf(newest.Leg) + MemberTraining.Part);
            }
            foreach (int? number in (int?[])[newest.Leg.Continues, newest.Result is null ? newest.Leg.CopyOf : null])
            {
                if (number is { } before && !newest.IsWhole)
                {
                    needed.Add(plan.FolderOf(state.Legs[before].Leg));
                }
            }
        }
        foreach (string folder in Directory.EnumerateDirectories(Path.Combine(root, "members")))
        {
            if (!needed.Contains(Path.GetRelativePath(root, folder)))
            {
                AtomicFolder.TryDelete(folder);
            }
        }
    }
}

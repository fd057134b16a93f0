namespace Agents.Policies;

/// <summary>Where a policy lies.</summary>
internal static class PolicyFolder
{
    /// <summary>The folder of the policy that a path means: itself, or the latest one of the run that it holds.</summary>
    public static string Find(string path)
    {
        string ofRun = Path.Combine(path, "policy");
        return File.Exists(Path.Combine(path, SavedPolicy.DescriptionFile)) || !Directory.Exists(ofRun) ? path : ofRun;
    }
}

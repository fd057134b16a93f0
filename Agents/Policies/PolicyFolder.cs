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

    /// <summary>Says what a folder lacks to be a policy's; nothing where it has both files.</summary>
    /// <exception cref="PolicyFormatException">There is no such folder, or a file is missing.</exception>
    public static void RequireFiles(string folder)
    {
        const string Both = $"{SavedPolicy.DescriptionFile} and {SavedPolicy.WeightsFile}";
        string[] missing =
        [
            .. ((string[])[SavedPolicy.DescriptionFile, SavedPolicy.WeightsFile]).Where(name =>
                !Path.Exists(Path.Combine(folder, name))
            ),
        ];
        if (missing.Length == 0)
        {
            return;
        }
        throw new PolicyFormatException(
            File.Exists(folder) ? $"'{folder}' is a file. A saved policy is a folder of {Both}; give that folder, or the run's."
            : !Directory.Exists(folder)
                ? $"There is no folder '{folder}'. Give the folder of a run or of a saved policy, which holds {Both}."
            : missing.Length == 1
                ? $"The policy in '{folder}' lacks {missing[0]}. Copy {Both} together, or train and save it again."
            : File.Exists(Path.Combine(folder, "config.yaml"))
                ? $"The run in '{folder}' has saved no policy yet. Wait until it has, or continue it with --resume."
            : $"'{folder}' holds no saved policy, which is {Both}. Give the folder of a run, or its policy/ or best/ folder."
        );
    }
}

namespace Studies.Runs;

/// <summary>Names of tasks as names of files.</summary>
internal static class TaskFileName
{
    /// <summary>A task's name as a file name.</summary>
    public static string Of(string task) =>
        string.Concat(task.Select(letter => char.IsAsciiLetterOrDigit(letter) || "._-,=".Contains(letter) ? letter : '-'));
}

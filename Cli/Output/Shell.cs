namespace Cli.Output;

/// <summary>Text that can be pasted into a shell.</summary>
internal static class Shell
{
    /// <summary>A path as one word.</summary>
    public static string Quote(string path) =>
        path.All(character => char.IsLetterOrDigit(character) || "/._-+=:,".Contains(character, StringComparison.Ordinal))
            ? path
            : "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}

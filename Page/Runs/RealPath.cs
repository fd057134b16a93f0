namespace Page.Runs;

/// <summary>Paths as the system itself names them, which its list of open files has.</summary>
internal static class RealPath
{
    /// <summary>A path in full, with every link on its way resolved. What does not exist, or cannot be looked at, stays as it is.</summary>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(real, part);
            try
            {
                real = Directory.ResolveLinkTarget(next, returnFinalTarget: true)?.FullName ?? next;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                real = next;
            }
        }
        return real;
    }
}

namespace Protos.Foreign;

/// <summary>Programs of this machine by their names.</summary>
/// <remarks>Starting a process by name alone would take a file of that name in the working directory before those of the PATH, and a stranger's folder may be that directory.</remarks>
internal static class Programs
{
    /// <summary>The path of a program on the PATH; a name with a folder in it stays as it is. Null where there is none.</summary>
    public static string? Find(string name)
    {
        if (Path.GetFileName(name) != name)
        {
            return name;
        }
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries
        );
        string[] endings = OperatingSystem.IsWindows() ? ["", ".exe"] : [""];
        return folders
            .Where(Path.IsPathRooted)
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, name + ending)))
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode anyone = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & anyone) != 0);
    }
}

using System.Reflection;

namespace Cli.Output;

/// <summary>Commands that are printed to be run next: they run as they stand, from the same folder.</summary>
internal static class NextCommand
{
    /// <summary>The variable in which the script that starts this program says how it was called.</summary>
    public const string Variable = "AGENTS_COMMAND";

    /// <summary>What the user typed to start this program.</summary>
    public static string Program { get; } = ProgramOf(Environment.GetEnvironmentVariable(Variable));

    /// <summary>A command line.</summary>
    /// <param name="words">Command, arguments and options, as they are before a shell reads them.</param>
    public static string Of(IEnumerable<string> words) => $"{Program} {string.Join(' ', words.Select(Shell.Quote))}";

    private static string ProgramOf(string? told)
    {
        if (!string.IsNullOrEmpty(told) || Assembly.GetEntryAssembly() != typeof(NextCommand).Assembly)
        {
            return Shell.Quote(string.IsNullOrEmpty(told) ? "agents" : told);
        }
        string process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet"
            ? $"dotnet {Shell.Quote(typeof(NextCommand).Assembly.Location)}"
            : Shell.Quote(process);
    }

    /// <summary>A path as seen from the current folder, or in full where that is shorter.</summary>
    public static string Relative(string path)
    {
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.Length < path.Length ? relative : path;
    }
}

using Protos.Foreign;

namespace Cli.Processes;

/// <summary>This command line as a program for processes of its own.</summary>
internal static class OwnProgram
{
    /// <summary>Program and first argument.</summary>
    /// <exception cref="IOException">The runtime is not on the PATH.</exception>
    public static IReadOnlyList<string> Command =>
        [
            Programs.Find("dotnet")
                ?? throw new IOException("The program dotnet is not on the PATH, and other processes need it."),
            typeof(OwnProgram).Assembly.Location,
        ];
}

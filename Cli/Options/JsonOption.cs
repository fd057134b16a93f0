using System.CommandLine;

namespace Cli.Options;

/// <summary>The option that every command has.</summary>
internal static class JsonOption
{
    public static Option<bool> Create() =>
        new("--json") { Description = "Print the result as one JSON object on the last line." };
}

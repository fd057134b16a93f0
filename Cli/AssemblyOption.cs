using System.CommandLine;
using Environments;

namespace Cli;

/// <summary>The option of every command that makes environments.</summary>
internal static class AssemblyOption
{
    public static Option<string[]> Create() =>
        new("--assembly")
        {
            Description = "A .dll with environments of your own, marked [Environment(\"Own/Name-v0\")]. Loading it executes it.",
        };

    /// <summary>The assemblies that the command line names.</summary>
    public static IReadOnlyList<string> Assemblies(this ParseResult parsed, Option<string[]> option) =>
        parsed.GetValue(option) ?? [];

    /// <summary>The built-in environments and those of the assemblies that the command line names.</summary>
    public static EnvironmentRegistry Registry(this ParseResult parsed, Option<string[]> option)
    {
        IReadOnlyList<string> paths = parsed.Assemblies(option);
        if (paths.Count == 0)
        {
            return EnvironmentRegistry.Default;
        }
        EnvironmentRegistry registry = EnvironmentRegistry.Default.Copy();
        foreach (string path in paths)
        {
            registry.LoadAssembly(path);
        }
        return registry;
    }
}

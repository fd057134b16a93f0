using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Agents.Kernels;
using Protos.Foreign;

namespace Learners.Runs;

/// <summary>What a summary says of where its run comes from: what was trained by which version, on what machine.</summary>
internal static class RunOrigin
{
    private const string Processors = "/proc/cpuinfo";
    private const string ModelKey = "model name";

    /// <summary>Version of this library.</summary>
    public static string Version { get; } =
        typeof(RunOrigin).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? typeof(RunOrigin).Assembly.GetName().Version!.ToString();

    /// <summary>Adds it to a summary.</summary>
    /// <param name="summary">The summary, which is changed.</param>
    /// <param name="environment">What was trained on.</param>
    /// <param name="agent">What trained.</param>
    /// <param name="seed">Seed of the run.</param>
    public static void AddTo(JsonObject summary, string environment, string agent, ulong seed)
    {
        summary["environment"] = environment;
        summary["agent"] = agent;
        summary["seed"] = seed;
        summary["version"] = Version;
        summary["hardware"] = Hardware();
    }

    /// <summary>The machine that this process runs on: nothing that names its owner or place.</summary>
    public static JsonObject Hardware() =>
        new()
        {
            ["cpu"] = CpuModel(),
            ["cores"] = Environment.ProcessorCount,
            ["memory_bytes"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            ["instruction_set"] = InstructionSet.Name,
            ["os"] = RuntimeInformation.OSDescription,
            ["runtime"] = RuntimeInformation.FrameworkDescription,
        };

    // Null where the system does not say it in a file or a variable.
    private static string? CpuModel()
    {
        try
        {
            string? line = File.Exists(Processors)
                ? File.ReadLines(Processors).FirstOrDefault(line => line.StartsWith(ModelKey, StringComparison.Ordinal))
                : null;
            string? model = line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            return
                ForeignText.ShowName(model ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")) is { Length: > 0 } shown
                ? shown
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

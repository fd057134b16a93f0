using System.Text.Json;
using Agents.Files;
using Protos.Foreign;

namespace Studies.Running;

/// <summary>Processor time of a run over the processes that worked on it; kept beside its folder.</summary>
/// <param name="CpuSeconds">Processor seconds of the parts that told theirs.</param>
/// <param name="Parts">Processes so far.</param>
/// <param name="Untold">Parts that were killed before they could tell.</param>
/// <param name="IsOpen">Whether a part is running, or was when everything was killed.</param>
internal sealed record RunParts(double CpuSeconds, int Parts, int Untold, bool IsOpen)
{
    private const int LargestFile = 64 << 10;

    /// <summary>The account of a run; a new one where there is none.</summary>
    public static RunParts Read(string runFolder)
    {
        try
        {
            return JsonSerializer.Deserialize<RunParts>(PlainFile.ReadText(FileOf(runFolder), LargestFile))
                ?? new RunParts(0, 0, 0, false);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return new RunParts(0, 0, 0, false);
        }
    }

    /// <summary>The account with a part more, whose time is not known yet.</summary>
    public RunParts Begin() => this with { Parts = Parts + 1, Untold = Untold + (IsOpen ? 1 : 0), IsOpen = true };

    /// <summary>The account with the running part's time.</summary>
    /// <param name="cpuSeconds">Its processor seconds; null where it could not tell.</param>
    public RunParts End(double? cpuSeconds) =>
        this with
        {
            CpuSeconds = CpuSeconds + (cpuSeconds ?? 0),
            Untold = Untold + (cpuSeconds is null ? 1 : 0),
            IsOpen = false,
        };

    /// <summary>Writes the account.</summary>
    public void Write(string runFolder) => AtomicFile.Write(FileOf(runFolder), JsonSerializer.Serialize(this) + "\n");

    private static string FileOf(string runFolder) => runFolder + ".parts.json";
}

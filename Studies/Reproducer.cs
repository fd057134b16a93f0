using System.Text.Json;
using Agents.Files;
using Protos.Foreign;
using Studies.Claims;
using Studies.Reports;
using Studies.Running;

namespace Studies;

/// <summary>Reproduces a claim: plans its runs, trains those that are missing, measures, and writes the report. What <c>agents reproduce</c> calls.</summary>
internal static class Reproducer
{
    private const string LockFile = "reproduce.lock";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Reproduces a claim, from where an earlier call with the same folder stopped.</summary>
    /// <param name="nameOrFile">Name of a claim, or a YAML file.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Asks the running runs to save and stops.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; call again to go on.</exception>
    /// <exception cref="Agents.Yaml.SettingsException">The claim or a setting in it is not possible.</exception>
    /// <exception cref="Environments.UnknownNameException">A claim or environment is unknown.</exception>
    /// <exception cref="IOException">The folder is in use or cannot be written.</exception>
    /// <exception cref="InvalidDataException">A measure asks for a number that the runs do not have.</exception>
    public static async Task<ReproductionReport> RunAsync(
        string nameOrFile,
        ReproductionOptions options,
        CancellationToken cancellationToken
    )
    {
        (string name, Claim claim) = ClaimLibrary.Load(nameOrFile);
        var plan = ReproductionPlan.Create(
            name,
            claim,
            options.Budget,
            options.Seeds,
            options.Registry.ForForeignIds,
            options.Agents
        );
        string folder = Path.GetFullPath(
            options.Folder ?? Path.Combine("runs", "reproduce", name, options.Budget.ToString().ToLowerInvariant())
        );
        DiskFailure.CreateFolder(folder);
        using FileStream held = Hold(folder);
        IRunStarter starter = options.CreateStarter(folder);
        IReadOnlyList<RunOutcome> outcomes;
        try
        {
            outcomes = await new RunScheduler(folder, starter, options.Agents, options.Clock)
                .RunAsync(plan.Runs, options.Jobs, options.Progress, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            (starter as IDisposable)?.Dispose();
        }

        var report = new ReproductionReport
        {
            Name = name,
            Plan = plan,
            Outcomes = outcomes,
            Measures = [.. claim.Measures.Select(measure => MeasureFigure.Of(measure, plan, outcomes)).OfType<MeasureFigure>()],
            Folder = folder,
            Pictures = ReportPictures.Draw(plan, outcomes, folder),
            Command = options.Command,
        };
        AtomicFile.Write(report.JsonFile, JsonReport.Write(report).ToJsonString(Indented) + "\n");
        AtomicFile.Write(report.MarkdownFile, MarkdownReport.Write(report));
        return report;
    }

    private static FileStream Hold(string folder) =>
        FileLock.TryHold(Path.Combine(folder, LockFile))
        ?? throw new IOException($"'{folder}' is in use by another reproduction. Wait for it to end, or choose another --out.");
}

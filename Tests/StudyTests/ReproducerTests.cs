using System.Diagnostics;
using System.Text.Json;
using Environments;
using Learners.Configuration;
using Learners.Ppo;
using Learners.Training;
using Studies;
using Studies.Claims;
using Studies.Plotting;
using Studies.Reports;
using Studies.Running;
using Studies.Runs;
using Studies.Statistics;
using Tests.Waits;
using Xunit;

namespace Tests.StudyTests;

public sealed class ReproducerTests : IDisposable
{
    private static readonly string[] Agents = ["dotnet", Path.Combine(AppContext.BaseDirectory, "agents-cli.dll")];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Claim(string yaml = SampleClaims.Tiny)
    {
        File.WriteAllText(_folder.In("tiny.yaml"), yaml);
        return _folder.In("tiny.yaml");
    }

    private Task<ReproductionReport> Run(
        IRunStarter starter,
        int? seeds = null,
        string? claim = null,
        int jobs = 2,
        CancellationToken cancellationToken = default
    ) =>
        Reproducer.RunAsync(
            claim ?? Claim(),
            new ReproductionOptions
            {
                CreateStarter = _ => starter,
                Folder = _folder.In("out"),
                Seeds = seeds,
                Jobs = jobs,
                Command = "agents reproduce tiny.yaml",
            },
            cancellationToken
        );

    [Fact]
    public async Task RunAsync_TinyClaim_WritesReportPictureAndNumbers()
    {
        ReproductionReport report = await Run(new SampleClaims.InProcess());

        Assert.Empty(report.Failures);
        string text = File.ReadAllText(_folder.In("out", "report.md"));
        Assert.Contains("# PPO and A2C learn", text, StringComparison.Ordinal);
        Assert.Contains("agents reproduce tiny.yaml", text, StringComparison.Ordinal);
        Assert.Contains("| CartPole-v1 | PPO : A2C |", text, StringComparison.Ordinal);
        Assert.Contains("| CartPole-v1 | A2C : PPO |", text, StringComparison.Ordinal);
        Assert.Contains("3 of 3 seeds", text, StringComparison.Ordinal);
        // Two measures of one metric, and one row of numbers for each arm.
        Assert.Equal(2, text.Split("| CartPole-v1 | environment steps until the last 5 episodes").Length - 1);
        PngFile.AssertIsPlot(_folder.In("out", "CartPole-v1.png"), CurvePlot.Width, CurvePlot.Height);

        using var json = JsonDocument.Parse(File.ReadAllText(_folder.In("out", "report.json")));
        JsonElement root = json.RootElement;
        Assert.Equal(6, root.GetProperty("runs").GetArrayLength());
        JsonElement[] measures = [.. root.GetProperty("measures").EnumerateArray()];
        Assert.Equal("seen", measures[1].GetProperty("verdict").GetString());
        Assert.Equal(JsonValueKind.Null, measures[2].GetProperty("verdict").ValueKind);
        // The numbers are those of the runs.
        foreach (
            JsonElement run in root.GetProperty("runs").EnumerateArray().Where(run => run.GetProperty("arm").GetString() == "ppo")
        )
        {
            using var summary = JsonDocument.Parse(
                File.ReadAllText(Path.Combine(run.GetProperty("run").GetString()!, "summary.json"))
            );
            double length = summary.RootElement.GetProperty("evaluation").GetProperty("mean_length").GetDouble();
            JsonElement arm = measures[2].GetProperty("tasks")[0].GetProperty("arms")[0];
            Assert.Equal(length, arm.GetProperty("values")[run.GetProperty("seed").GetInt32() - 1].GetDouble());
        }
    }

    [Fact]
    public async Task RunAsync_Again_TrainsOnlyWhatIsMissing()
    {
        ReproductionReport first = await Run(new SampleClaims.InProcess(), seeds: 2);
        string before = File.ReadAllText(first.JsonFile);
        var idle = new SampleClaims.InProcess();
        ReproductionReport second = await Run(idle, seeds: 2);
        string unchanged = File.ReadAllText(second.JsonFile);
        var more = new SampleClaims.InProcess();
        await Run(more, seeds: 3);

        Assert.Empty(idle.Trained);
        Assert.All(second.Outcomes, outcome => Assert.True(outcome.WasThere));
        Assert.Equal(before, unchanged);
        Assert.Equal([3, 3], more.Trained.Select(entry => entry.Run.Seed));
    }

    [Fact]
    public async Task RunAsync_FailedRun_IsNamedAndMakesItsMeasuresUnclear()
    {
        var starter = new SampleClaims.InProcess
        {
            Fail = run => run is { Arm.Name: "ppo", Seed: 2 } ? "error: the gradient is not finite" : null,
        };

        ReproductionReport report = await Run(starter);

        RunOutcome failure = Assert.Single(report.Failures);
        Assert.Equal(("ppo", 2), (failure.Run.Arm.Name, failure.Run.Seed));
        Assert.Equal(Verdict.Unclear, report.Measures[0].Verdict);
        Assert.Equal(Verdict.Unclear, report.Measures[1].Verdict);
        Assert.Contains("the gradient is not finite", File.ReadAllText(report.MarkdownFile), StringComparison.Ordinal);

        var again = new SampleClaims.InProcess();
        Assert.Empty((await Run(again)).Failures);
        Assert.Single(again.Trained);
    }

    [Fact]
    public async Task RunAsync_FolderInUse_IsRefused()
    {
        Directory.CreateDirectory(_folder.In("out"));
        using FileStream held = new(_folder.In("out", "reproduce.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        IOException error = await Assert.ThrowsAsync<IOException>(() => Run(new SampleClaims.InProcess()));

        Assert.Contains("in use by another reproduction", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_UnknownColumn_NamesTheNearest()
    {
        string claim = Claim(SampleClaims.Tiny.Replace("losses/entropy", "losses/entropi", StringComparison.Ordinal));

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() =>
            Run(new SampleClaims.InProcess(), seeds: 1, claim: claim)
        );

        Assert.Contains("Did you mean 'losses/entropy'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ForeignRunInTheFolder_IsNotTakenForItsOwn()
    {
        PlannedRun run = Plan(SampleClaims.Tiny).Runs[0];
        string folder = _folder.In("out", run.Folder);
        await Trainer.TrainAsync(
            run.Settings with
            {
                Agent = run.Settings.Of<PpoSettings>() with { LearningRate = 1e-5f },
            },
            new TrainingOptions { OutputFolder = folder }
        );

        Exception error = await Assert.ThrowsAsync<global::Agents.Yaml.SettingsException>(() =>
            Run(new SampleClaims.InProcess(), seeds: 1)
        );

        Assert.Contains("was trained with other settings", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_RunThatWasKilled_IsContinuedInAProcessAndEndsInTheSameParameters()
    {
        string yaml = SampleClaims
            .Tiny.Replace("2_048", "400_000", StringComparison.Ordinal)
            .Replace("epochs: 1", "epochs: 1, copies: 8, unroll_length: 32", StringComparison.Ordinal)
            .Replace("  - name: a2c\n    label: A2C\n", "  - name: a2c\n    agent: ppo\n", StringComparison.Ordinal);
        PlannedRun run = Plan(yaml).Runs[0];
        string folder = _folder.In("out", run.Folder);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        File.WriteAllText(folder + ".yaml", run.Config);
        using (
            Process killed = Process.Start(
                new ProcessStartInfo(Agents[0], [Agents[1], "train", "--config", folder + ".yaml", "--out", folder])
                {
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                }
            )!
        )
        {
            // Some rows beyond the first checkpoint of a tenth, which the continued run must not have twice.
            await Deadline.UntilAsync(() => new RunFiles(folder).Steps >= 44_000 || killed.HasExited);
            killed.Kill();
            await killed.WaitForExitAsync();
        }
        Assert.Equal(RunStatus.Partial, new RunFiles(folder).Status);

        string claim = Claim(yaml);
        ReproductionReport report = await Run(new ChildRunStarter(Agents, []), seeds: 1, claim: claim);

        RunOutcome resumed = report.Outcomes[0];
        Assert.Null(resumed.Error);
        Assert.True(resumed.Parts.CpuSeconds > 0);
        TrainingResult straight = await Trainer.TrainAsync(
            run.Settings,
            new TrainingOptions { OutputFolder = _folder.In("straight") }
        );
        Assert.Equal(straight.ParameterHash, resumed.Files.Summary!.Value.GetProperty("parameter_hash").GetString());
        Assert.Equal(File.ReadAllText(_folder.In("straight", "episodes.csv")), File.ReadAllText(resumed.Files.Episodes));
    }

    [Fact]
    public async Task RunAsync_Cancelled_SavesTheRunningOnesAndGoesOnLater()
    {
        string claim = Claim(SampleClaims.Tiny.Replace("2_048", "3_000_000", StringComparison.Ordinal));
        using var stop = new CancellationTokenSource();
        Task<ReproductionReport> running = Run(
            new ChildRunStarter(Agents, []),
            seeds: 1,
            claim: claim,
            jobs: 1,
            cancellationToken: stop.Token
        );
        var files = new RunFiles(_folder.In("out", Plan(File.ReadAllText(claim)).Runs[0].Folder));
        await Deadline.UntilAsync(() => files.Steps > 0 || running.IsCompleted);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.False(files.IsInUse);
        Assert.Equal(RunStatus.Partial, files.Status);
        Assert.True(files.Summary!.Value.GetProperty("interrupted").GetBoolean());
        RunParts parts = RunParts.Read(files.Path);
        Assert.Equal((1, 0, false), (parts.Parts, parts.Untold, parts.IsOpen));
        Assert.True(parts.CpuSeconds > 0);
    }

    [Fact]
    public async Task RunAsync_ProcessThatFails_TellsItsLastLine()
    {
        ReproductionReport report = await Run(new ChildRunStarter([Agents[0], Agents[1], "evaluate"], []), seeds: 1, jobs: 1);

        Assert.Equal(2, report.Failures.Count());
        Assert.All(report.Failures, failure => Assert.Contains("error:", failure.Error, StringComparison.Ordinal));
    }

    private static ReproductionPlan Plan(string yaml) =>
        ReproductionPlan.Create(
            "tiny",
            SampleClaims.Parse(yaml),
            ReproductionBudget.Quick,
            1,
            EnvironmentRegistry.Default,
            AgentRegistry.Default
        );
}

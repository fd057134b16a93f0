using System.Collections.Concurrent;
using Agents.Yaml;
using Learners.Configuration;
using Learners.Runs;
using Studies.Runs;

namespace Studies.Running;

/// <summary>Trains the runs of a plan, several at a time; what is finished is taken as it is, what was begun is continued.</summary>
/// <param name="root">Folder of the reproduction.</param>
/// <param name="starter">Trains one run.</param>
/// <param name="agents">Where the agents of runs that are there are looked up.</param>
/// <param name="clock">Clock of the estimates.</param>
internal sealed class RunScheduler(string root, IRunStarter starter, AgentRegistry agents, TimeProvider clock)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, RunFiles> _running = [];
    private readonly ConcurrentBag<RunOutcome> _outcomes = [];
    private long _endedSteps;

    /// <summary>Trains all runs.</summary>
    /// <param name="runs">In this order.</param>
    /// <param name="jobs">Runs at a time.</param>
    /// <param name="progress">Told about once a second; null for nobody.</param>
    /// <param name="cancellationToken">Asks the running ones to save, and begins no more.</param>
    /// <returns>Outcomes, in the order of the runs.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled before the last run ended; every run can be continued.</exception>
    public async Task<IReadOnlyList<RunOutcome>> RunAsync(
        IReadOnlyList<PlannedRun> runs,
        int jobs,
        IProgress<ReproductionProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        using var ended = new CancellationTokenSource();
        Task reports = progress is null ? Task.CompletedTask : ReportAsync(runs, progress, ended.Token);
        try
        {
            var limits = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellationToken };
            await Parallel
                // Its own token: a run whose folder is not as it should be stops the others, which save.
                .ForEachAsync(runs, limits, async (run, stop) => await RunOneAsync(run, stop).ConfigureAwait(false))
                .ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await reports.ConfigureAwait(false);
        }
        Dictionary<string, RunOutcome> known = _outcomes.ToDictionary(outcome => outcome.Run.Folder);
        return [.. runs.Select(run => known[run.Folder])];
    }

    private async Task RunOneAsync(PlannedRun run, CancellationToken cancellationToken)
    {
        var files = new RunFiles(Path.Combine(root, run.Folder));
        Directory.CreateDirectory(Path.GetDirectoryName(files.Path)!);
        // Runs outlive a reproduction that was killed; they are waited for.
        while (files.IsInUse)
        {
            await Task.Delay(LockInterval, cancellationToken).ConfigureAwait(false);
        }
        RunStatus before = files.Status;
        string? error = await AwaitAsync(run, cancellationToken).ConfigureAwait(false);
        if (error is not null)
        {
            // Nothing to begin with.
        }
        else if (before == RunStatus.Finished)
        {
            CloseAccount(files);
        }
        else
        {
            _running[run.Folder] = files;
            try
            {
                error = await TrainAsync(run, files, before, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _running.TryRemove(run.Folder, out _);
            }
        }
        if (error is null)
        {
            RequireSettings(run, files);
        }
        Interlocked.Add(ref _endedSteps, run.Work.Steps);
        _outcomes.Add(new RunOutcome(run, files, error, RunParts.Read(files.Path), before == RunStatus.Finished));
    }

    // Runs whose results it begins with were begun before it, so that waiting for them ends.
    private async Task<string?> AwaitAsync(PlannedRun run, CancellationToken cancellationToken)
    {
        foreach (string folder in run.After)
        {
            RunOutcome? outcome;
            while ((outcome = _outcomes.FirstOrDefault(other => other.Run.Folder == folder)) is null)
            {
                await Task.Delay(LockInterval, cancellationToken).ConfigureAwait(false);
            }
            if (outcome.Error is not null)
            {
                return $"the run that it begins with, {folder}, failed";
            }
        }
        return null;
    }

    private async Task<string?> TrainAsync(PlannedRun run, RunFiles files, RunStatus before, CancellationToken cancellationToken)
    {
        if (before == RunStatus.New)
        {
            files.Clear();
        }
        else
        {
            RequireSettings(run, files);
        }
        RunParts parts = RunParts.Read(files.Path).Begin();
        parts.Write(files.Path);
        DateTime summarized = SummaryTime(files);
        try
        {
            return await starter.RunAsync(run, files, before == RunStatus.Partial, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            parts.End(SummaryTime(files) > summarized ? CpuSeconds(files) : null).Write(files.Path);
        }
    }

    // A run with other settings has numbers of another claim.
    private void RequireSettings(PlannedRun run, RunFiles files)
    {
        if (!run.Work.IsThatOf(files.Config, run.After, agents))
        {
            throw new SettingsException(
                $"'{files.Path}' was trained with other settings than the claim gives. Choose another --out, or delete that folder."
            );
        }
    }

    // A run whose reproduction was killed went on alone, and its summary is of the part that nobody saw ending.
    private static void CloseAccount(RunFiles files)
    {
        RunParts parts = RunParts.Read(files.Path);
        if (parts.IsOpen)
        {
            parts.End(CpuSeconds(files)).Write(files.Path);
        }
    }

    private static double? CpuSeconds(RunFiles files) => files.Summary?.GetProperty("cpu_seconds").GetDouble();

    private static DateTime SummaryTime(RunFiles files) => File.GetLastWriteTimeUtc(new RunFolder(files.Path).Summary);

    private async Task ReportAsync(
        IReadOnlyList<PlannedRun> runs,
        IProgress<ReproductionProgress> progress,
        CancellationToken ended
    )
    {
        long total = runs.Sum(run => run.Work.Steps);
        // Steps of this session alone tell how fast it is.
        Dictionary<string, long> before = runs.ToDictionary(run => run.Folder, StepsOnDisk);
        long there = before.Values.Sum();
        long started = clock.GetTimestamp();
        using var timer = new PeriodicTimer(ReportInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended).ConfigureAwait(false))
            {
                RunOutcome[] outcomes = [.. _outcomes];
                HashSet<string> begun = [.. outcomes.Select(outcome => outcome.Run.Folder), .. _running.Keys];
                long done =
                    Interlocked.Read(ref _endedSteps)
                    + _running.Values.Sum(files => files.Steps)
                    + before.Where(pair => !begun.Contains(pair.Key)).Sum(pair => pair.Value);
                double speed = (done - there) / clock.GetElapsedTime(started).TotalSeconds;
                progress.Report(
                    new ReproductionProgress(
                        outcomes.Length,
                        _running.Count,
                        outcomes.Count(outcome => outcome.Error is not null),
                        runs.Count,
                        done,
                        total,
                        speed > 0 ? TimeSpan.FromSeconds((total - done) / speed) : null
                    )
                );
            }
        }
        catch (OperationCanceledException)
        {
            // The runs have ended.
        }
    }

    private long StepsOnDisk(PlannedRun run)
    {
        var files = new RunFiles(Path.Combine(root, run.Folder));
        return files.Status == RunStatus.Finished ? run.Work.Steps : Math.Min(files.Steps, run.Work.Steps);
    }
}

using Agents.Files;
using Agents.Policies;
using Agents.Yaml;
using Environments.Randomness;
using Learners.Composition;
using Learners.Configuration;
using Learners.Evaluation;
using Learners.Runs;
using Learners.Training;
using Protos.Foreign;
using Studies.Runs;
using Studies.Statistics;
using Studies.Trials;

namespace Studies.Legs;

/// <summary>Trains a leg in this process. A leg that was cut off goes on from its last checkpoint, and one that had ended is only read.</summary>
/// <param name="root">Folder that the order's folders are relative to.</param>
/// <param name="options">Where environments and agents are looked up.</param>
internal sealed class LegTraining(string root, TrainingOptions options)
{
    /// <summary>Folder of what whoever trains a leg holds, below the study's.</summary>
    public const string LockFolder = "locks";

    private const int TrainingEpisodes = 100;

    // The run's own evaluations and training have children 0 to 2 of its seed.
    private const uint EvaluationStream = 3;

    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc cref="ILegRunner.RunAsync"/>
    public async Task<LegResult> RunAsync(LegOrder order, IProgress<long> progress, CancellationToken cancellationToken)
    {
        using FileStream held = await HoldAsync(order, cancellationToken).ConfigureAwait(false);
        using var share = ProcessorShare.Begin();
        try
        {
            LegResult result = order.IsRun
                ? await TrainRunAsync(order, progress, cancellationToken).ConfigureAwait(false)
                : await new MemberTraining(root, options, SettingsOf)
                    .RunAsync(order, progress, cancellationToken)
                    .ConfigureAwait(false);
            return double.IsNaN(result.CpuSeconds) ? result with { CpuSeconds = Math.Round(share.Seconds, 3) } : result;
        }
        catch (Exception exception) when (IsTheLegsFault(exception))
        {
            return new LegResult
            {
                Score = double.NaN,
                Steps = 0,
                CpuSeconds = Math.Round(share.Seconds, 3),
                Failure = exception.Message.ReplaceLineEndings(" "),
            };
        }
    }

    // A child of a study that was killed saves and ends by itself; until then the leg is its own.
    private async Task<FileStream> HoldAsync(LegOrder order, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(root, LockFolder);
        Directory.CreateDirectory(folder);
        while (true)
        {
            if (FileLock.TryHold(Path.Combine(folder, $"{order.Number}.lock")) is { } held)
            {
                return held;
            }
            await Task.Delay(LockInterval, cancellationToken).ConfigureAwait(false);
        }
    }

    // A disk that is full, or a cancellation, says nothing about the settings that were tried.
    private static bool IsTheLegsFault(Exception exception) =>
        exception is not (OperationCanceledException or LegLostException or OutOfMemoryException)
        && (exception is PolicyFormatException || !DiskFailure.IsOne(exception.GetBaseException()));

    private async Task<LegResult> TrainRunAsync(LegOrder order, IProgress<long> progress, CancellationToken cancellationToken)
    {
        var files = new RunFiles(Path.Combine(root, order.Folder));
        TrainingSettings settings = SettingsOf(order);
        TrainingOptions run = options with
        {
            OutputFolder = files.Path,
            PauseAtSteps = order.ToSteps,
            Progress = new Steps(progress),
        };
        switch (files.Status)
        {
            case RunStatus.New:
                files.Clear();
                await EndAsync(Trainer.TrainAsync(settings, run, cancellationToken)).ConfigureAwait(false);
                break;
            case RunStatus.Partial:
                await EndAsync(Trainer.ResumeAsync(files.Path, [], run, cancellationToken)).ConfigureAwait(false);
                break;
            case RunStatus.Finished:
                break;
            default:
                throw new InvalidOperationException($"A run is {files.Status}.");
        }
        double? final = files.FinalReturn;
        long steps = final is null ? order.ToSteps : files.Summary!.Value.GetProperty("env_steps").GetInt64();
        return order.Score switch
        {
            StudyScore.Training => new LegResult
            {
                Score = EpisodeTable.Read(files.Episodes).FinalMean(TrainingEpisodes),
                Steps = steps,
            },
            StudyScore.Evaluation => final is { } score
                ? new LegResult { Score = score, Steps = steps }
                : Evaluate(order, settings, steps, cancellationToken),
        };

        // A run that paused where it should is no interrupted one.
        async Task EndAsync(Task<TrainingResult> training)
        {
            TrainingResult result = await training.ConfigureAwait(false);
            if (result.Interrupted && result.EnvironmentSteps < order.ToSteps)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private LegResult Evaluate(LegOrder order, TrainingSettings settings, long steps, CancellationToken cancellationToken)
    {
        using SavedPolicy policy = SavedPolicy.Load(
            new RunFolder(Path.Combine(root, order.Folder)).Judged(settings.Agent.EvaluatesLastStage)
        );
        EvaluationResult played = Evaluator.Evaluate(
            policy,
            settings.Environment,
            order.Episodes,
            new SeedSequence(settings.Seed).Child(EvaluationStream).Child((uint)order.Number).GenerateSeed(),
            registry: options.Registry,
            warn: options.Warn,
            cancellationToken: cancellationToken
        );
        return LegResult.Of(played, steps);
    }

    private TrainingSettings SettingsOf(LegOrder order) =>
        SettingsSources.Bind(StrictYaml.Parse(order.Config, $"leg {order.Number}"), $"leg {order.Number}", options.Agents);

    private sealed class Steps(IProgress<long> progress) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => progress.Report(value.EnvironmentSteps);
    }
}

using System.CommandLine;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Learners.Composition;
using Learners.Runs;
using Learners.Training;
using Spectre.Console;
using Studies;
using Studies.Execution;
using Studies.Legs;
using Studies.Results;

namespace Cli.Commands.Runs;

/// <summary><c>agents train</c>.</summary>
internal sealed class TrainCommand(TextWriter output, TextWriter error)
{
    private readonly RunSettingsOptions _run = new("ppo", isFleet: false);
    private readonly SeedOptions _several = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new TrainCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "train",
            """
            Trains an agent, evaluates it, and prints the scores and where the policy lies.

            Tuned settings of the environment apply by default. Ctrl-C saves a checkpoint.

            Examples:
              agents train CartPole-v1
              agents train Acrobot-v1 --agent a2c --steps 500000 --seed 3
              agents train CartPole-v1 --engine torch
              agents train CartPole-v1 --seeds 1-5 --jobs 2
              agents train CartPole-v1 --set ppo.learning_rate=1e-4,3e-4,1e-3
              agents train Memory/Recall-v0 --core lstm
              agents train Pendulum-v1 --set ppo.learning_rate=3e-4 network.hidden_sizes=[32,32]
              agents train Own/Name-v0 --assembly path/to/Own.dll
              agents train 'CartPole-v1?length=1' --init-from runs/CartPole-v1/ppo/20260101-120000-1
              agents train --resume runs/CartPole-v1/ppo/20260101-120000-1
            """
        );
        _run.AddTo(command);
        _several.AddTo(command);
        command.Add(_json);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        List<string> assignments = _run.Assignments(parsed);
        if (assignments.Exists(VariedSettings.IsVaried))
        {
            return await SweepAsync(parsed, cancellationToken).ConfigureAwait(false);
        }
        if (_several.Read(parsed) is { } seeds)
        {
            return await TrainAsync(parsed, seeds, cancellationToken).ConfigureAwait(false);
        }
        string? resumed = _run.Resumed(parsed);
        var reporter = new ProgressReporter(error);
        TrainingResult result = await reporter
            .ShowAsync(progress =>
            {
                TrainingOptions options = reporter.Tell(_run.Options(parsed, progress, error));
                return resumed is null
                    ? Trainer.TrainAsync(_run.Settings(parsed, assignments), options, cancellationToken)
                    : Trainer.ResumeAsync(resumed, assignments, options, cancellationToken);
            })
            .ConfigureAwait(false);
        Print(output, error, result, parsed.GetValue(_json), "train", _run.NextWords(parsed));
        return result.Interrupted ? ExitCodes.Interrupted : ExitCodes.Done;
    }

    // Several values of a setting: a grid, in the folder that its settings name, so that the same command goes on.
    private async Task<int> SweepAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        StudySettings settings = _run.Grid(parsed, _several.Read(parsed, isSweep: true))!;
        int jobs = _several.Jobs(parsed);
        var reporter = new StudyReporter(error);
        TrainingOptions training = _run.Options(parsed, new Progress<TrainingProgress>(), error);
        var options = new StudyOptions
        {
            Folder = training.OutputFolder ?? Study.DefaultFolder(settings),
            Training = training with { OutputFolder = null, Progress = null },
            Progress = reporter,
            CreateRunner = folder => new ThreadLegRunner(folder, jobs, training with { OutputFolder = null, Progress = null }),
        };
        StudyResult result = await reporter
            .ShowAsync(() => Study.RunAsync(settings, "the command line", options, cancellationToken))
            .ConfigureAwait(false);
        StudyTable.Print(output, error, result, parsed.GetValue(_json), _run.NextWords(parsed));
        return ExitCodes.Done;
    }

    // One run a seed.
    private async Task<int> TrainAsync(ParseResult parsed, IReadOnlyList<ulong> seeds, CancellationToken cancellationToken)
    {
        List<string> assignments = _run.Assignments(parsed);
        _run.Resumed(parsed); // names what is missing
        TrainingSettings settings = _run.Settings(parsed, assignments);
        int jobs = _several.Jobs(parsed);
        var reporter = new ProgressReporter(error);
        IReadOnlyList<SeedOutcome> outcomes = await reporter
            .ShowAsync(progress =>
            {
                TrainingOptions options = _run.Options(parsed, progress, error);
                var together = new SeedProgress(progress, seeds.Count, options.Clock);
                return SeedTraining.TrainAsync(
                    Trainer.Checked(settings, options), // what is wrong with all of them is told once
                    seeds,
                    jobs,
                    seed =>
                        reporter.Tell(options, seed) with
                        {
                            OutputFolder = options.OutputFolder is { } folder ? Path.Combine(folder, $"seed-{seed}") : null,
                            Progress = together.Of(seed),
                        },
                    cancellationToken
                );
            })
            .ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            output.WriteLine(SeedTable.ToJson(outcomes));
        }
        else
        {
            DiagnosticWriter.Try(() => SeedTable.Print(output, error, outcomes, _run.NextWords(parsed)));
        }
        return outcomes.Any(outcome => outcome.Failure is not null) ? ExitCodes.Failed
            : outcomes.Any(outcome => outcome.Result is not { Interrupted: false }) ? ExitCodes.Interrupted
            : ExitCodes.Done;
    }

    private static string Saved(TrainingResult result) =>
        result.Lost.Count == 0
            ? "everything is saved"
            : $"a checkpoint and the policy are saved, but lost with what was deleted from the run folder are: {string.Join(", ", result.Lost)}";

    /// <summary>Tells what came out and what to do next. All of it is in the run folder, so that text which cannot be written is dropped.</summary>
    /// <exception cref="IOException">The JSON, which programs wait for, cannot be written.</exception>
    internal static void Print(
        TextWriter output,
        TextWriter error,
        TrainingResult result,
        bool json,
        string verb,
        IReadOnlyList<string> words
    )
    {
        string run = NextCommand.Relative(result.RunFolder);
        if (result.Interrupted)
        {
            error.WriteLine(
                $"Interrupted at step {result.EnvironmentSteps}; {Saved(result)}. Continue with: {NextCommand.Of([verb, "--resume", run, .. words])}"
            );
        }
        if (json)
        {
            output.WriteLine(RunSummary.ToNode(result).ToJsonString());
            return;
        }
        DiagnosticWriter.Try(() =>
        {
            if (result.Evaluation is { } evaluation)
            {
                Table table = EvaluationTable.Create(evaluation);
                table.AddRow("environment steps", Tables.Number(result.EnvironmentSteps));
                table.AddRow("updates", Tables.Number(result.Updates));
                table.AddRow("wall / CPU seconds", $"{Tables.Number(result.WallSeconds)} / {Tables.Number(result.CpuSeconds)}");
                Tables.Print(output, table);
            }
            output.WriteLine($"Policy: {NextCommand.Relative(result.PolicyFolder)}");
            output.WriteLine($"Evaluate it with: {NextCommand.Of(["evaluate", run, .. words])}");
            if (result is { BestReturn: { } best, Evaluation: { } last } && best > last.Ci95High)
            {
                string better = NextCommand.Relative(new RunFolder(result.RunFolder).Best);
                output.WriteLine(
                    $"An earlier policy of this run scored {Tables.Number(best)}. Evaluate that one with: {NextCommand.Of(["evaluate", better, .. words])}"
                );
            }
        });
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Networks.Cores;
using Agents.Yaml;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Learners.Models;
using Learners.Supervised;
using Protos.Foreign;
using Spectre.Console;

namespace Cli.Commands.Runs;

/// <summary><c>agents learn</c>: supervised learning.</summary>
internal sealed class LearnCommand(TextWriter output, TextWriter error)
{
    private readonly LearnOptions _options = new();
    private readonly SeedOptions _several = new();
    private readonly Option<bool> _list = new("--list") { Description = "List the tasks, with their settings, and end." };
    private readonly Option<string?> _evaluate = new("--evaluate")
    {
        Description = "Run folder whose network is judged on what its task holds out; --set changes settings of the task.",
    };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new LearnCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "learn",
            """
            Learns a task from inputs and targets, judges the network on samples that it did not see, and saves it.

            Ctrl-C saves a checkpoint.

            Examples:
              agents learn gaussian_centres
              agents learn delayed_recall --core gru --seeds 1-3
              agents learn copy --core ln_lstm --updates 5000 --set copy.length=10
              agents learn text --set text.file=book.txt network.core_size=256
              agents learn images --set images.images=train-images.gz images.labels=train-labels.gz
              agents learn --resume runs/copy/lstm/20260101-120000-1 --updates 20000
              agents learn --evaluate runs/copy/lstm/20260101-120000-1
            """
        );
        _options.AddTo(command);
        _several.AddTo(command);
        command.Add(_list);
        command.Add(_evaluate);
        command.Add(_json);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_list))
        {
            List(output, parsed.GetValue(_json));
            return ExitCodes.Done;
        }
        if (parsed.GetValue(_evaluate) is { } judged)
        {
            _options.RequireNothingNew(parsed, "--evaluate");
            (SavedNetwork network, SupervisedScore score) = SupervisedTrainer.Evaluate(
                judged,
                _options.Assignments(parsed),
                cancellationToken
            );
            Print(output, network, score, parsed.GetValue(_json));
            return ExitCodes.Done;
        }
        if (_several.Read(parsed) is { } seeds)
        {
            return await LearnAsync(parsed, seeds, cancellationToken).ConfigureAwait(false);
        }
        string? resumed = _options.Resumed(parsed);
        SupervisedResult result = await new LearningReporter(error)
            .ShowAsync(progress =>
            {
                SupervisedOptions told = _options.Told(parsed, progress, error);
                return resumed is null
                    ? SupervisedTrainer.LearnAsync(_options.Settings(parsed), told, cancellationToken)
                    : SupervisedTrainer.ResumeAsync(resumed, _options.Assignments(parsed), told, cancellationToken);
            })
            .ConfigureAwait(false);
        Print(output, error, result, parsed.GetValue(_json));
        return result.Interrupted ? ExitCodes.Interrupted : ExitCodes.Done;
    }

    // One run a seed.
    private async Task<int> LearnAsync(ParseResult parsed, IReadOnlyList<ulong> all, CancellationToken cancellationToken)
    {
        SupervisedSettings settings = _options.Settings(parsed);
        int jobs = _several.Jobs(parsed);
        IReadOnlyList<SupervisedOutcome> outcomes = await new LearningReporter(error)
            .ShowAsync(progress =>
            {
                SupervisedOptions told = _options.Told(parsed, progress, error);
                return SupervisedSeeds.LearnAsync(
                    settings,
                    all,
                    jobs,
                    seed =>
                        told with
                        {
                            OutputFolder = told.OutputFolder is { } folder ? Path.Combine(folder, $"seed-{seed}") : null,
                            Warn = line => error.WriteLine($"warning: seed {seed}: {ForeignText.Line(line)}"),
                        },
                    cancellationToken
                );
            })
            .ConfigureAwait(false);
        LearnTable.Print(output, error, outcomes, parsed.GetValue(_json));
        return outcomes.Any(outcome => outcome.Failure is not null) ? ExitCodes.Failed
            : outcomes.Any(outcome => outcome.Result is not { Interrupted: false }) ? ExitCodes.Interrupted
            : ExitCodes.Done;
    }

    private static void Print(TextWriter output, TextWriter error, SupervisedResult result, bool json)
    {
        string run = NextCommand.Relative(result.RunFolder);
        if (result.Interrupted)
        {
            error.WriteLine(
                $"Interrupted at update {result.Updates}; everything is saved. Continue with: {NextCommand.Of(["learn", "--resume", run])}"
            );
        }
        if (json)
        {
            output.WriteLine(result.ToJson(indented: false));
            return;
        }
        DiagnosticWriter.Try(() =>
        {
            if (result.Score is { } score)
            {
                Table table = LearnTable.Of(result.Task, score);
                if (result.RunningAccuracy is { } accuracy)
                {
                    table.AddRow("accuracy while learning", LearnTable.Share(accuracy));
                }
                table.AddRow("updates", Tables.Number(result.Updates) + (result.Stopped ? ", stopped at its accuracy" : ""));
                table.AddRow("parameters", Tables.Number(result.Parameters));
                table.AddRow("wall / CPU seconds", $"{Tables.Number(result.WallSeconds)} / {Tables.Number(result.CpuSeconds)}");
                Tables.Print(output, table);
            }
            output.WriteLine($"Network: {NextCommand.Relative(result.NetworkFolder)}");
            output.WriteLine($"Judge it again with: {NextCommand.Of(["learn", "--evaluate", run])}");
        });
    }

    private static void Print(TextWriter output, SavedNetwork network, SupervisedScore score, bool json)
    {
        if (json)
        {
            JsonObject node = SupervisedResult.ToNode(score);
            node["task"] = network.Task;
            node["updates"] = network.Updates;
            output.WriteLine(node.ToJsonString());
            return;
        }
        Table table = LearnTable.Of(network.Task, score);
        table.AddRow("updates", Tables.Number(network.Updates));
        Tables.Print(output, table);
    }

    private static void List(TextWriter output, bool json)
    {
        if (json)
        {
            var tasks = new JsonArray([
                .. SupervisedTasks.All.Select(task =>
                    (JsonNode)new JsonObject { ["name"] = task.Name, ["description"] = task.Description }
                ),
            ]);
            output.WriteLine(new JsonObject { ["tasks"] = tasks }.ToJsonString());
            return;
        }
        Table table = Tables.Create("task", "what is learned", "settings of its own");
        foreach (SupervisedTask task in SupervisedTasks.All)
        {
            IEnumerable<string> keys = StrictYaml.Settable(task.GetType()).Select(key => $"{task.Name}.{StrictYaml.KeyOf(key)}");
            table.AddRow(task.Name, Markup.Escape(task.Description), string.Join(", ", keys));
        }
        Tables.Print(output, table);
        output.WriteLine($"Cores: {string.Join(", ", MemoryCores.All.Select(core => core.Name))}");
    }
}

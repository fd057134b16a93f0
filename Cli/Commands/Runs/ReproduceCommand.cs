using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Yaml;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Protos.Foreign;
using Spectre.Console;
using Studies;
using Studies.Claims;
using Studies.Cluster.Driving;
using Studies.Cluster.Joining;
using Studies.Reports;
using Studies.Running;
using Studies.Statistics;

namespace Cli.Commands.Runs;

/// <summary><c>agents reproduce</c>.</summary>
internal sealed class ReproduceCommand(TextWriter output, TextWriter error)
{
    private readonly Argument<string?> _claim = new("claim")
    {
        Description = "Claim, or a .yaml file of your own; without one they are listed.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string> _budget = new("--budget")
    {
        Description = "quick (minutes on two cores) or full.",
        DefaultValueFactory = _ => "quick",
    };
    private readonly Option<string?> _seeds = new("--seeds") { Description = "Seeds per arm and task. Default: the claim's." };
    private readonly Option<string?> _jobs = new("--jobs")
    {
        Description = "Runs at a time, each on one thread. Default: the cores; with --cluster, as many as its workers take.",
    };
    private readonly Option<string?> _folder = new("--out")
    {
        Description = "Folder of report and runs. Default: runs/reproduce/<claim>/<budget>.",
    };
    private readonly ClusterOptionsReader _cluster = new(isRequired: false);
    private readonly RegistryOptions _registry = new();

    // The queue holds what no worker is free for; how many there are may change at any time.
    private const int JobsOfACluster = 64;
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new ReproduceCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "reproduce",
            """
            Reproduces a published claim: trains its arms over seeds, and reports whether its effect was seen, with intervals and curves.

            Ctrl-C saves; the same command goes on: finished runs are taken as they are, others are continued.
            The exit code is 0 whatever the verdict, and 1 when a run failed.

            Examples:
              agents reproduce
              agents reproduce ppo-cartpole
              agents reproduce acktr --budget full --seeds 3 --jobs 8
              agents reproduce my-claim.yaml --out runs/my-claim --json
              agents reproduce acktr --budget full --cluster redis://127.0.0.1:6379
            """
        )
        {
            _claim,
            _budget,
            _seeds,
            _jobs,
            _folder,
            _json,
        };
        _cluster.AddTo(command);
        _registry.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool asJson = parsed.GetValue(_json);
        if (parsed.GetValue(_claim) is not { } name)
        {
            List(output, asJson);
            return ExitCodes.Done;
        }
        ClusterOptions? cluster = _cluster.Read(parsed, line => error.WriteLine(ForeignText.Line(line)));
        var children = new ChildRunStarter(OwnProgram.Command, _registry.Words(parsed));
        var options = new ReproductionOptions
        {
            Budget = parsed.GetValue(_budget) switch
            {
                "quick" => ReproductionBudget.Quick,
                "full" => ReproductionBudget.Full,
                var other => throw new SettingsException($"--budget is '{other}', but must be quick or full."),
            },
            Seeds = parsed.GetValue(_seeds) is { } text ? (int)Numbers.Parse("--seeds", text, 1, 1_000) : null,
            Jobs =
                parsed.GetValue(_jobs) is { } count ? (int)Numbers.Parse("--jobs", count, 1, 1_000)
                : cluster is null ? Environment.ProcessorCount
                : JobsOfACluster,
            Folder = parsed.GetValue(_folder),
            Registry = _registry.Registry(parsed),
            Agents = _registry.Agents(parsed),
            CreateStarter = cluster is null
                ? _ => children
                : folder => new LegRunStarter(ClusterLegRunner.Connect(cluster, folder), children, Environment.ProcessorCount),
            Command = CommandLine(parsed.Tokens.Select(token => token.Value)),
        };
        ReproductionReport report = await new ReproductionReporter(error)
            .ShowAsync(progress => Reproducer.RunAsync(name, options with { Progress = progress }, cancellationToken))
            .ConfigureAwait(false);
        Print(output, error, report, asJson);
        return report.Failures.Any() ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static string CommandLine(IEnumerable<string> words) => NextCommand.Of(words.Where(word => word != "--json"));

    private static void List(TextWriter output, bool json)
    {
        (string Name, Claim Claim)[] claims = [.. ClaimLibrary.Names.Select(ClaimLibrary.Load)];
        if (json)
        {
            var nodes = claims.Select(entry =>
                (JsonNode)
                    new JsonObject
                    {
                        ["name"] = entry.Name,
                        ["title"] = entry.Claim.Title,
                        ["source"] = entry.Claim.Source,
                        ["arms"] = new JsonArray([.. entry.Claim.Arms.Select(arm => (JsonNode)arm.Name)]),
                        ["quick_tasks"] = Tasks(entry.Claim, ReproductionBudget.Quick),
                        ["full_tasks"] = Tasks(entry.Claim, ReproductionBudget.Full),
                    }
            );
            output.WriteLine(new JsonObject { ["claims"] = new JsonArray([.. nodes]) }.ToJsonString());
            return;
        }
        Table table = Tables.Create("claim", "what it says", "arms", "quick: runs, steps", "full: runs, steps");
        foreach ((string name, Claim claim) in claims)
        {
            table.AddRow(
                name,
                Tables.Foreign(claim.Title),
                Tables.Foreign(string.Join(", ", claim.Arms.Select(arm => arm.Name))),
                Size(claim, ReproductionBudget.Quick),
                Size(claim, ReproductionBudget.Full)
            );
        }
        Tables.Print(output, table);

        static JsonNode Tasks(Claim claim, ReproductionBudget budget) =>
            new JsonArray([.. claim.TasksOf(budget).Select(task => (JsonNode)task.Name)]);
    }

    private static string Size(Claim claim, ReproductionBudget budget)
    {
        (int runs, long steps) = (0, 0);
        foreach (ClaimTask task in claim.TasksOf(budget))
        {
            int count = claim.ArmsOn(task).Count() * claim.SeedsOf(budget);
            (runs, steps) = (runs + count, steps + count * task.StepsOf(budget));
        }
        return $"{runs}, {Tables.Number(steps / 1e6)} M";
    }

    private static void Print(TextWriter output, TextWriter error, ReproductionReport report, bool json)
    {
        foreach (RunOutcome failure in report.Failures)
        {
            error.WriteLine(
                $"failed: {failure.Run.Arm.Name} on {ForeignText.Show(failure.Run.Task.Name)}, seed {failure.Run.Seed}: {ForeignText.Show(failure.Error)} (see {failure.Files.Log})"
            );
        }
        if (json)
        {
            output.WriteLine(JsonReport.Write(report).ToJsonString());
            return;
        }
        // The report and its pictures lie in the folder, too.
        DiagnosticWriter.Try(() => Print(output, report));
    }

    private static void Print(TextWriter output, ReproductionReport report)
    {
        Table table = Tables.Create("measure", "task", "estimate", "95 % interval", "expected", "verdict");
        foreach (MeasureFigure measure in report.Measures)
        {
            foreach (TaskFigure task in measure.Tasks)
            {
                table.AddRow(
                    Tables.Foreign(measure.Measure.Name),
                    Tables.Foreign(task.Task.Name),
                    task.Reached is { } reached ? $"{reached} of {report.Plan.Seeds} seeds" : FigureText.Point(task.Effect),
                    task.Reached is null ? FigureText.Interval(task.Effect) : "counted",
                    FigureText.Expectation(measure.Measure, task.Task),
                    task.Verdict.InWords()
                );
            }
            if (measure.Effect.Seeds > 0 && measure.Tasks.Count > 1)
            {
                table.AddRow(
                    Tables.Foreign(measure.Measure.Name),
                    "all",
                    FigureText.Point(measure.Effect),
                    FigureText.Interval(measure.Effect),
                    FigureText.Expectation(measure.Measure, null),
                    measure.Verdict.InWords()
                );
            }
        }
        Tables.Print(output, table);
        output.WriteLine($"Verdict: {(report.Verdict == Verdict.None ? "reported only" : report.Verdict.InWords())}");
        output.WriteLine($"Report: {NextCommand.Relative(report.MarkdownFile)}");
    }
}

using System.CommandLine;
using Cli.Commands.Fleets;
using Cli.Commands.Runs;
using Cli.Commands.Tools;
using Cli.Options;

namespace Cli;

/// <summary>A command that is made where it is asked for.</summary>
/// <param name="Name">What it is called by.</param>
/// <param name="Group">Under which heading the overview shows it; empty for a command that people do not type.</param>
/// <param name="Summary">What it does, in a few words for the overview.</param>
/// <param name="Create">Makes it, for results and for messages.</param>
internal sealed record CommandEntry(string Name, string Group, string Summary, Func<TextWriter, TextWriter, Command> Create);

/// <summary>All commands, one line each, in the order in which the overview shows them.</summary>
internal static class CommandTable
{
    private const string Training = "Train and evaluate";
    private const string Looking = "Look things up";
    private const string Studies = "Studies over many runs";
    private const string Fleets = "Fleets and services";
    private const string Tools = "Tools";

    /// <summary>The table.</summary>
    public static IReadOnlyList<CommandEntry> All { get; } =
    [
        new("train", Training, "train an agent on an environment", TrainCommand.Create),
        new("evaluate", Training, "score a saved policy over whole episodes", EvaluateCommand.Create),
        new("record", Training, "film episodes of a saved policy", (output, _) => RecordCommand.Create(output)),
        new("play", Training, "play a task yourself at the terminal", (output, _) => PlayCommand.Create(output)),
        new("export", Training, "write a saved policy as an ONNX model", (output, _) => ExportCommand.Create(output)),
        new("distill", Training, "teach a student what a saved policy does", DistillCommand.Create),
        new("discover", Training, "discover skills without rewards", DiscoverCommand.Create),
        new("learn", Training, "learn a task from inputs and targets", LearnCommand.Create),
        new("environments", Looking, "list the environments, or describe one", (output, _) => EnvironmentsCommand.Create(output)),
        new("list", Looking, "list agents, memory cores and other parts", (output, _) => ListCommand.Create(output)),
        new("settings", Looking, "explain every setting of an agent's run", (output, _) => SettingsCommand.Create(output)),
        new("inspect", Looking, "show what is in a run, policy or checkpoint", (output, _) => InspectCommand.Create(output)),
        new("plot", Looking, "draw curves of runs", (output, _) => PlotCommand.Create(output)),
        new("page", Looking, "show runs live in the browser", PageCommand.Create),
        new("compare", Looking, "compare algorithms by their runs", CompareRunsCommand.Create),
        new("card", Looking, "write a model card of a run or policy", (output, _) => CardCommand.Create(output)),
        new("check", Looking, "look for faults in an environment", (output, _) => CheckCommand.Create(output)),
        new("sweep", Studies, "search for good settings", SweepCommand.CreateSweep),
        new("population", Studies, "train a population", SweepCommand.CreatePopulation),
        new("reproduce", Studies, "reproduce a published claim", ReproduceCommand.Create),
        new("worker", Studies, "train trials of a cluster's studies", (_, error) => WorkerCommand.Create(error)),
        new(StudyRunOptions.LegCommandName, "", "", LegCommand.Create),
        new("learner", Fleets, "train from the unrolls of actors", LearnerCommand.Create),
        new("actor", Fleets, "step environments for a learner", ActorCommand.Create),
        new("status", Fleets, "show how a fleet is going", (output, _) => StatusCommand.Create(output)),
        new("health", Fleets, "ask whether a learner gets on", HealthCommand.Create),
        new("certificates", Fleets, "make certificates and a token", CertificatesCommand.Create),
        new("serve", Fleets, "serve a saved policy by HTTP and gRPC", (_, error) => ServeCommand.Create(error)),
        new("serve-env", Fleets, "serve an environment to other processes", (_, error) => ServeEnvironmentCommand.Create(error)),
        new("doctor", Tools, "show what this machine has, for bug reports", (output, _) => DoctorCommand.Create(output)),
        new("bench", Tools, "measure speed", BenchCommand.Create),
        new(
            "chaos",
            Tools,
            "break a fleet on purpose",
            (output, error) =>
                ChaosCommand.Create(
                    output,
                    error,
                    (arguments, errors, ending) => Application.RunAsync(arguments, TextWriter.Null, errors, ending)
                )
        ),
        new("completion", Tools, "print completions for bash, zsh or fish", (output, _) => CompletionCommand.Create(output)),
    ];

    /// <summary>The command of a name; null where there is none.</summary>
    public static CommandEntry? Find(string name) => All.FirstOrDefault(entry => entry.Name == name);
}

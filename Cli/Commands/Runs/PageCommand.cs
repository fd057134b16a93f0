using System.CommandLine;
using System.Security.Cryptography;
using Agents.Yaml;
using Cli.Fleet;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Learners.Runs;
using Page;
using Page.Runs;
using Page.Serving;
using Protos.Foreign;
using Studies.Comparison;
using Studies.Execution;

namespace Cli.Commands.Runs;

/// <summary><c>agents page</c>.</summary>
internal sealed class PageCommand(TextWriter output, TextWriter error)
{
    private const int TokenBytes = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Argument<string> _folder = new("runs")
    {
        Description = "Folder of runs; all below it are shown.",
        DefaultValueFactory = _ => "runs",
    };
    private readonly Option<string> _listen = new("--listen")
    {
        Description = "Address of this machine; port 0 lets the system choose.",
        DefaultValueFactory = _ => "http://127.0.0.1:6060",
    };
    private readonly LearnerOptions _learner = new(instead: "Address of a fleet's learner, whose actors are shown, too");
    private readonly RegistryOptions _registry = new();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new PageCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "page",
            """
            Shows runs live in the browser: their state, curves, settings, films and comparison, studies and a fleet. Open the link that is printed.

            Runs can be stopped there and continued; those of environments of your own with --assembly, as on the command line.
            The page is served to browsers of this machine alone, and only to those that were given the link, which is another at each start.
            See docs/page.md.

            Examples:
              agents page
              agents page runs/CartPole-v1 --listen http://127.0.0.1:0
              agents page --learner http://127.0.0.1:5051
            """
        )
        {
            _folder,
            _listen,
        };
        _learner.AddTo(command);
        _registry.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using FleetStatusClient? learner = _learner.Read(parsed)?.StatusClient();
        var options = new PageOptions
        {
            Folder = parsed.GetValue(_folder)!,
            Listen = parsed.GetValue(_listen)!,
            Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)),
            FleetStatus = learner is null
                ? null
                : async stop =>
                    FleetStatusClient.ToJson(
                        await learner.FetchAsync(Patience, "It may be busy; the page asks again.", stop).ConfigureAwait(false)
                    ),
            Warn = line => error.WriteLine("warning: " + ForeignText.Line(line)),
            Continue = run => [.. OwnProgram.Command, .. ContinueWords(run, parsed)],
            Compare = folders =>
                ComparisonJson.Write(RunComparer.Compare(new ComparisonOptions { Paths = folders }), picture: ""),
        };
        if (!Directory.Exists(options.Folder))
        {
            await error
                .WriteLineAsync($"warning: There is no folder '{options.Folder}' yet; its runs appear once there is one.")
                .ConfigureAwait(false);
        }
        PageServer page = await PageServer.StartAsync(options).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        {
            await output.WriteLineAsync(page.Link).ConfigureAwait(false);
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await error
                .WriteLineAsync("Open this link in a browser of this machine. Ctrl-C closes the page.")
                .ConfigureAwait(false);
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return ExitCodes.Done;
    }

    private IEnumerable<string> ContinueWords(Run run, ParseResult parsed) =>
        run.Kind switch
        {
            RunKind.Training => ["train", "--resume", run.Folder, .. _registry.Words(parsed)],
            RunKind.Supervised => ["learn", "--resume", run.Folder],
            RunKind.Discovery => ["discover", "--resume", run.Folder, .. _registry.Words(parsed)],
            RunKind.Study => [.. StudyWords(new RunFolder(run.Folder).Config), "--out", run.Folder, .. _registry.Words(parsed)],
        };

    private static string[] StudyWords(string file) =>
        [StrictYaml.Bind<StudySettings>(StudySettings.ReadFile(file), file).Method.IsPopulation ? "population" : "sweep", file];
}

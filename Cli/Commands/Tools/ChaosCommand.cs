using System.CommandLine;
using System.Text.Json.Nodes;
using Chaos;
using Chaos.Campaigns;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Spectre.Console;

namespace Cli.Commands.Tools;

/// <summary><c>agents chaos</c>.</summary>
internal sealed class ChaosCommand(
    TextWriter output,
    TextWriter error,
    Func<string[], TextWriter, CancellationToken, Task<int>> runHere
)
{
    private readonly Argument<string> _campaign = new("campaign")
    {
        Description = $"Campaign: {string.Join(", ", ChaosSuite.Names)}.",
    };
    private readonly Option<string?> _folder = new("--out")
    {
        Description = "New folder of runs, audits and logs, which stays. Default: a temporary one.",
    };
    private readonly Option<string?> _actors = new("--actors") { Description = "Actor processes. Default: the campaign's." };
    private readonly Option<string?> _kills = new("--kills")
    {
        Description = "Processes to kill, for actors (default 1000) and learner (default 20).",
    };
    private readonly Option<string?> _seconds = new("--seconds")
    {
        Description = "Length of the fault, for partition (default 60) and disk (default 20).",
    };
    private readonly Option<string?> _messages = new("--messages")
    {
        Description =
            "What to send: messages (default 1000000), bodies (default 1000), requests and replies of bridge (default 5000).",
    };
    private readonly Option<string> _cases = new("--cases")
    {
        Description = "Settings to draw, for settings.",
        DefaultValueFactory = _ => "2000",
    };
    private readonly Option<string> _mutations = new("--mutations")
    {
        Description = "Damaged artefacts to hand over, for artefacts.",
        DefaultValueFactory = _ => "10000",
    };
    private readonly Option<string> _minutes = new("--minutes")
    {
        Description = "Length of the soak.",
        DefaultValueFactory = _ => "30",
    };
    private readonly Option<string> _timeout = new("--step-timeout")
    {
        Description = "Seconds without a finished step after which an actor replaces its environments, for hang.",
        DefaultValueFactory = _ => "20",
    };
    private readonly Option<string> _slowdown = new("--slowdown")
    {
        Description =
            "How many times slower than an idle machine this one may be; bars and waits that are times are so much longer.",
        DefaultValueFactory = _ => "1",
    };
    private readonly Option<string> _seed = new("--seed")
    {
        Description = "Seed of all that is drawn.",
        DefaultValueFactory = _ => "1",
    };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    /// <param name="output">Results.</param>
    /// <param name="error">Progress.</param>
    /// <param name="runHere">Runs a command line within this process: arguments, standard error, and what asks it to end.</param>
    public static Command Create(
        TextWriter output,
        TextWriter error,
        Func<string[], TextWriter, CancellationToken, Task<int>> runHere
    ) => new ChaosCommand(output, error, runHere).Build();

    private Command Build()
    {
        var command = new Command(
            "chaos",
            """
            Breaks a fleet on purpose and counts what it costs. Linux only.

            Starts a learner and actors as processes on a Unix socket; the exit code is 1 when a bar is missed.

              actors     kills actors; nothing acknowledged may be lost or learned from twice
              learner    kills the learner, with and without a journal
              partition  stops an actor, then the learner, for a while
              hang       environments that hang must be replaced
              messages   what no actor sends, at the decoder and at the live port; stolen names
              bodies     what no caller sends, at a served policy
              bridge     what no client and no server sends, at servers and clients of environments
              disk       every write of the learner fails for a while
              artefacts  damaged policies, settings, checkpoints, journals and claims at the command line
              soak       memory of every process must be flat after five minutes
              settings   drawn settings must train or be refused with a settings error; needs no fleet

            Examples:
              agents chaos actors --kills 100
              agents chaos settings --cases 500 --seed 7
              agents chaos partition --seconds 10 --out /tmp/partition --json
            """
        )
        {
            _campaign,
            _folder,
            _actors,
            _kills,
            _seconds,
            _messages,
            _cases,
            _mutations,
            _minutes,
            _timeout,
            _slowdown,
            _seed,
            _json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? kept = parsed.GetValue(_folder);
        string place = kept ?? Directory.CreateTempSubdirectory("agents-chaos-").FullName;
        int? Whole(string option, string? text, ulong low = 1) =>
            text is null ? null : (int)Numbers.Parse(option, text, low, 1_000_000_000);
        var options = new ChaosOptions
        {
            Command = OwnProgram.Command,
            Folder = place,
            Actors = Whole("--actors", parsed.GetValue(_actors)),
            Kills = Whole("--kills", parsed.GetValue(_kills)),
            Fault = Whole("--seconds", parsed.GetValue(_seconds)) is { } fault ? TimeSpan.FromSeconds(fault) : null,
            Messages = Whole("--messages", parsed.GetValue(_messages)),
            Cases = Whole("--cases", parsed.GetValue(_cases))!.Value,
            Mutations = Whole("--mutations", parsed.GetValue(_mutations))!.Value,
            RunHere = runHere,
            Soak = TimeSpan.FromMinutes(Whole("--minutes", parsed.GetValue(_minutes))!.Value),
            StepTimeout = TimeSpan.FromSeconds(Whole("--step-timeout", parsed.GetValue(_timeout))!.Value),
            Slowdown = Whole("--slowdown", parsed.GetValue(_slowdown))!.Value,
            Seed = Numbers.Parse("--seed", parsed.GetValue(_seed)!, 0, ulong.MaxValue),
            Progress = line => error.WriteLine(line),
        };
        string name = parsed.GetValue(_campaign)!;
        ChaosReport report = await ChaosSuite.RunAsync(name, options, cancellationToken).ConfigureAwait(false);
        Print(output, name, report, parsed.GetValue(_json));
        if (kept is null && report.Passed)
        {
            Directory.Delete(place, recursive: true);
        }
        else
        {
            error.WriteLine($"Runs, audits and logs lie in '{place}'.");
        }
        return report.Passed ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Print(TextWriter output, string campaign, ChaosReport report, bool json)
    {
        if (json)
        {
            output.WriteLine(
                new JsonObject
                {
                    ["campaign"] = campaign,
                    ["passed"] = report.Passed,
                    ["missed"] = new JsonArray([
                        .. report.Figures.Where(figure => !figure.IsMet).Select(figure => (JsonNode)figure.Name),
                    ]),
                    ["figures"] = new JsonObject(
                        report.Figures.Select(figure => KeyValuePair.Create(figure.Name, (JsonNode?)ToJson(figure.Value)))
                    ),
                    ["remarks"] = new JsonArray([.. report.Remarks.Select(line => (JsonNode)line)]),
                }.ToJsonString()
            );
            return;
        }
        Table table = Tables.Create(campaign, "measured", "bar", "");
        foreach (ChaosFigure figure in report.Figures)
        {
            string bar =
                !figure.HasBar ? ""
                : figure.AtMost is { } most ? $"≤ {Tables.Number(most)}"
                : $"≥ {Tables.Number(figure.AtLeast!.Value)}";
            table.AddRow(
                figure.Name.Replace('_', ' '),
                Tables.Number(figure.Value),
                bar,
                bar.Length == 0 ? ""
                    : figure.IsMet ? "kept"
                    : "MISSED"
            );
        }
        Tables.Print(output, table);
        foreach (string line in report.Remarks)
        {
            output.WriteLine(line);
        }
    }

    private static JsonValue? ToJson(double value) => double.IsFinite(value) ? JsonValue.Create(Math.Round(value, 3)) : null;
}

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
internal static class ChaosCommand
{
    /// <summary>The command.</summary>
    /// <param name="output">Results.</param>
    /// <param name="error">Progress.</param>
    /// <param name="runHere">Runs a command line within this process: arguments, standard error, and what asks it to end.</param>
    public static Command Create(
        TextWriter output,
        TextWriter error,
        Func<string[], TextWriter, CancellationToken, Task<int>> runHere
    )
    {
        var campaign = new Argument<string>("campaign") { Description = $"Campaign: {string.Join(", ", ChaosSuite.Names)}." };
        var folder = new Option<string?>("--out")
        {
            Description = "New folder of runs, audits and logs, which stays. Default: a temporary one.",
        };
        var actors = new Option<string?>("--actors") { Description = "Actor processes. Default: the campaign's." };
        var kills = new Option<string?>("--kills")
        {
            Description = "Processes to kill, for actors (default 1000) and learner (default 20).",
        };
        var seconds = new Option<string?>("--seconds")
        {
            Description = "Length of the fault, for partition (default 60) and disk (default 20).",
        };
        var messages = new Option<string?>("--messages")
        {
            Description =
                "What to send: messages (default 1000000), bodies (default 1000), requests and replies of bridge (default 5000).",
        };
        var cases = new Option<string>("--cases")
        {
            Description = "Settings to draw, for settings.",
            DefaultValueFactory = _ => "2000",
        };
        var mutations = new Option<string>("--mutations")
        {
            Description = "Damaged artefacts to hand over, for artefacts.",
            DefaultValueFactory = _ => "10000",
        };
        var minutes = new Option<string>("--minutes") { Description = "Length of the soak.", DefaultValueFactory = _ => "30" };
        var timeout = new Option<string>("--step-timeout")
        {
            Description = "Seconds without a finished step after which an actor replaces its environments, for hang.",
            DefaultValueFactory = _ => "20",
        };
        var slowdown = new Option<string>("--slowdown")
        {
            Description =
                "How many times slower than an idle machine this one may be; bars and waits that are times are so much longer.",
            DefaultValueFactory = _ => "1",
        };
        var seed = new Option<string>("--seed") { Description = "Seed of all that is drawn.", DefaultValueFactory = _ => "1" };
        Option<bool> json = JsonOption.Create();
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
            campaign,
            folder,
            actors,
            kills,
            seconds,
            messages,
            cases,
            mutations,
            minutes,
            timeout,
            slowdown,
            seed,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string? kept = parsed.GetValue(folder);
                string place = kept ?? Directory.CreateTempSubdirectory("agents-chaos-").FullName;
                int? Whole(string option, string? text, ulong low = 1) =>
                    text is null ? null : (int)Numbers.Parse(option, text, low, 1_000_000_000);
                var options = new ChaosOptions
                {
                    Command = OwnProgram.Command,
                    Folder = place,
                    Actors = Whole("--actors", parsed.GetValue(actors)),
                    Kills = Whole("--kills", parsed.GetValue(kills)),
                    Fault = Whole("--seconds", parsed.GetValue(seconds)) is { } fault ? TimeSpan.FromSeconds(fault) : null,
                    Messages = Whole("--messages", parsed.GetValue(messages)),
                    Cases = Whole("--cases", parsed.GetValue(cases))!.Value,
                    Mutations = Whole("--mutations", parsed.GetValue(mutations))!.Value,
                    RunHere = runHere,
                    Soak = TimeSpan.FromMinutes(Whole("--minutes", parsed.GetValue(minutes))!.Value),
                    StepTimeout = TimeSpan.FromSeconds(Whole("--step-timeout", parsed.GetValue(timeout))!.Value),
                    Slowdown = Whole("--slowdown", parsed.GetValue(slowdown))!.Value,
                    Seed = Numbers.Parse("--seed", parsed.GetValue(seed)!, 0, ulong.MaxValue),
                    Progress = line => error.WriteLine(line),
                };
                string name = parsed.GetValue(campaign)!;
                ChaosReport report = await ChaosSuite.RunAsync(name, options, cancellationToken).ConfigureAwait(false);
                Print(output, name, report, parsed.GetValue(json));
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
        );
        return command;
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

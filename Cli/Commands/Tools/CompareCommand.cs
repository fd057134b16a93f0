using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Agents.Yaml;
using Benchmarks.Comparing;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Spectre.Console;
using Studies.Statistics;

namespace Cli.Commands.Tools;

/// <summary><c>agents bench compare</c>.</summary>
internal sealed class CompareCommand(TextWriter output, TextWriter error, Func<string> machine)
{
    private const int MostPairs = 1_000;

    private readonly Argument<string> _a = new("A")
    {
        Description = "The first side: '.' for this build, or the folder of a build or checkout; then variables; then options.",
    };
    private readonly Argument<string> _b = new("B")
    {
        Description = "The second side, whose speed is told as a multiple of the first one's.",
    };
    private readonly Argument<string[]> _names = new("cases")
    {
        Description = "Benchmarks or groups, as 'agents bench --list' shows them.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string[]> _commands = new("--command")
    {
        Description =
            "A command line whose whole processes are compared, such as 'train CartPole-v1'; may be repeated. It runs in an empty folder.",
    };
    private readonly Option<string> _pairs = new("--pairs")
    {
        Description = $"Turns of both sides, at least {PairedComparison.LeastPairs}.",
        DefaultValueFactory = _ => $"{PairedComparison.LeastPairs}",
    };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error, Func<string> machine) =>
        new CompareCommand(output, error, machine).Build();

    private Command Build()
    {
        var command = new Command(
            "compare",
            """
            Compares two builds, or two settings, in turns, and tells the ratio of their speeds with its 95 % interval.

            Machines are noisy: where the interval holds 1, no difference was shown, and more --pairs may show one.

            Examples:
              agents bench compare ../before . environment/cartpole-8 update/ppo-64
              agents bench compare ../before . --command "train CartPole-v1 --steps 100000"
              agents bench compare . ". DOTNET_TieredPGO=1" --command "train CartPole-v1 --steps 100000"
              agents bench compare . ". --engine torch" --command "train CartPole-v1 --steps 20000"
            """
        )
        {
            _a,
            _b,
            _names,
            _commands,
            _pairs,
            _json,
        };
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        BuildSide[] sides = [new BuildSide(parsed.GetValue(_a)!), new BuildSide(parsed.GetValue(_b)!)];
        string[] cases = parsed.GetValue(_names) ?? [];
        string[] lines = parsed.GetValue(_commands) ?? [];
        int turns = (int)Numbers.Parse("--pairs", parsed.GetValue(_pairs)!, PairedComparison.LeastPairs, MostPairs);
        if (cases.Length == 0 && lines.Length == 0)
        {
            throw new SettingsException("What should be compared? Name benchmarks, such as update/ppo-64, or give a --command.");
        }
        string before = Load();
        var comparisons = new List<PairedComparison>();
        for (int turn = 0; turn < turns; turn++)
        {
            error.WriteLine($"pair {turn + 1} of {turns}, load {Load()} …");
            Measure(comparisons, sides, cases, lines, swapped: turn % 2 == 1);
        }
        string load = $"{before} before, {Load()} after";
        if (parsed.GetValue(_json))
        {
            output.WriteLine(ToJson(sides, comparisons, turns, machine(), load).ToJsonString());
            return;
        }
        output.WriteLine(machine());
        output.WriteLine($"A: {sides[0].Text}   B: {sides[1].Text}   {turns} pairs, load {load}");
        Tables.Print(output, ToTable(comparisons));
    }

    private static void Measure(
        List<PairedComparison> comparisons,
        BuildSide[] sides,
        string[] cases,
        string[] lines,
        bool swapped
    )
    {
        var figures = new Dictionary<(string Name, string Engine, string Unit), double>[2];
        foreach (int side in swapped ? (int[])[1, 0] : [0, 1])
        {
            figures[side] = [];
            foreach (string line in lines)
            {
                figures[side][(line, "none", "cpu_s")] = sides[side]
                    .Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .CpuSeconds;
            }
            if (cases.Length == 0)
            {
                continue;
            }
            JsonNode said = JsonNode.Parse(sides[side].Run(["bench", .. cases, "--json"]).Output)!;
            foreach (JsonNode? result in said["results"]!.AsArray())
            {
                (string, string, string) key = (Text(result, "name"), Text(result, "engine"), Text(result, "unit"));
                figures[side][key] = result!["value"]!.GetValue<double>();
            }
        }
        // What only one side knows cannot be compared.
        foreach (((string Name, string Engine, string Unit) key, double value) in figures[0])
        {
            if (!figures[1].TryGetValue(key, out double other))
            {
                continue;
            }
            PairedComparison? comparison = comparisons.Find(known => (known.Name, known.Engine, known.Unit) == key);
            if (comparison is null)
            {
                comparisons.Add(comparison = new PairedComparison(key.Name, key.Engine, key.Unit));
            }
            comparison.Add(value, other);
        }

        static string Text(JsonNode? result, string key) => result![key]!.GetValue<string>();
    }

    private static Table ToTable(List<PairedComparison> comparisons)
    {
        Table table = Tables.Create("what", "engine", "A", "B", "unit", "speed of B / A", "95 % interval", "");
        foreach (PairedComparison comparison in comparisons)
        {
            Estimate ratio = comparison.Ratio;
            table.AddRow(
                Markup.Escape(comparison.Name),
                comparison.Engine,
                Tables.Number(comparison.A),
                Tables.Number(comparison.B),
                comparison.Unit,
                Three(ratio.Low),
                $"{Three(ratio.IntervalLow)} to {Three(ratio.IntervalHigh)}",
                comparison.Verdict
            );
        }
        return table;
    }

    private static JsonObject ToJson(
        BuildSide[] sides,
        List<PairedComparison> comparisons,
        int pairs,
        string machine,
        string load
    ) =>
        new()
        {
            ["machine"] = machine,
            ["load"] = load,
            ["a"] = sides[0].Text,
            ["b"] = sides[1].Text,
            ["pairs"] = pairs,
            ["results"] = new JsonArray([
                .. comparisons.Select(comparison => new JsonObject
                {
                    ["name"] = comparison.Name,
                    ["engine"] = comparison.Engine,
                    ["unit"] = comparison.Unit,
                    ["a"] = comparison.A,
                    ["b"] = comparison.B,
                    ["ratio"] = comparison.Ratio.Low,
                    ["low"] = comparison.Ratio.IntervalLow,
                    ["high"] = comparison.Ratio.IntervalHigh,
                    ["verdict"] = comparison.Verdict,
                }),
            ]),
        };

    private static string Three(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    // Jobs that run or wait, as the system counts them; other machines do not tell.
    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}

using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Agents.Kernels;
using Benchmarks;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Environments.Processes;
using Spectre.Console;

namespace Cli.Commands.Tools;

/// <summary><c>agents bench</c>.</summary>
internal sealed class BenchCommand(TextWriter output, TextWriter error)
{
    private const int Repetitions = 10;
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(30); // seconds on any machine worth measuring

    private readonly Argument<string[]> _names = new("names")
    {
        Description = "Benchmarks or groups, such as act or update/ppo-64; all where none is given.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<bool> _list = new("--list") { Description = "Only list the names." };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new BenchCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "bench",
            """
            Measures speed in processor time, median of five, each engine in the same run.

            Peers' figures were measured on another machine: scale them by machine/product-64 before comparing.

            Examples:
              agents bench
              agents bench environment act/mlp-8 --json
              agents bench compare ../before . update/ppo-64
            """
        )
        {
            _names,
            _list,
            _json,
        };
        command.Add(CompareCommand.Create(output, error, Machine));
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        var suite = new BenchmarkSuite(RunCommand);
        if (parsed.GetValue(_list))
        {
            foreach (string name in suite.Names)
            {
                output.WriteLine(name);
            }
            return;
        }
        List<BenchmarkResult> results =
        [
            .. suite.Run(parsed.GetValue(_names) ?? [], name => error.WriteLine($"measuring {name} …")),
        ];
        if (parsed.GetValue(_json))
        {
            output.WriteLine(
                new JsonObject
                {
                    ["machine"] = Machine(),
                    ["results"] = new JsonArray([.. results.Select(ToJson)]),
                }.ToJsonString()
            );
            return;
        }
        output.WriteLine(Machine());
        Table table = Tables.Create("name", "engine", "median", "low to high", "unit", "× torch", "bytes", "peer, elsewhere");
        foreach (BenchmarkResult result in results)
        {
            table.AddRow(
                result.Name,
                result.Engine,
                Tables.Number(result.Value),
                $"{Tables.Number(result.Low)} to {Tables.Number(result.High)}",
                result.Unit,
                result.RatioToTorch is { } ratio ? Tables.Number(ratio) : "",
                result.AllocatedBytes is { } bytes ? Tables.Number(bytes) : "",
                result.Peer is { } peer ? $"{Tables.Number(peer.Value)} ({Markup.Escape(peer.Whose)})" : ""
            );
        }
        Tables.Print(output, table);
    }

    private static string Machine() =>
        $"{InstructionSet.Name}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";

    private static JsonNode ToJson(BenchmarkResult result)
    {
        var node = new JsonObject
        {
            ["name"] = result.Name,
            ["engine"] = result.Engine,
            ["value"] = result.Value,
            ["low"] = result.Low,
            ["high"] = result.High,
            ["unit"] = result.Unit,
            ["ratio_to_torch"] = result.RatioToTorch,
            ["cpu_seconds"] = result.CpuSeconds,
            ["allocated_bytes"] = result.AllocatedBytes,
        };
        if (result.Peer is { } peer)
        {
            node["peer_value"] = peer.Value;
            node["peer"] = peer.Whose;
        }
        return node;
    }

    /// <summary>Runs this command line in processes of their own, with seeds 1 to 10 where it trains.</summary>
    private static (double[] CpuSeconds, double Total) RunCommand(string[] arguments)
    {
        var seconds = new double[Repetitions];
        for (int i = 0; i < Repetitions; i++)
        {
            double before = ChildProcesses.CpuSeconds;
            string folder = Directory.CreateTempSubdirectory("agents-bench-").FullName;
            List<string> all = [.. OwnProgram.Command.Skip(1), .. arguments];
            if (arguments[0] == "train")
            {
                all.AddRange(["--seed", $"{i + 1}", "--out", Path.Combine(folder, "run")]);
            }
            using Process process = Process.Start(
                new ProcessStartInfo(OwnProgram.Command[0], all) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            (string Output, string Errors) said =
                ChildProcess.Finish(process, RunLimit)
                ?? throw new IOException(
                    $"'agents {string.Join(' ', arguments)}' did not end within {RunLimit.TotalMinutes:0} minutes and was stopped."
                );
            if (process.ExitCode != 0)
            {
                throw new IOException(
                    $"'agents {string.Join(' ', arguments)}' failed with exit code {process.ExitCode}: {said.Errors.ReplaceLineEndings(" ")}"
                );
            }
            seconds[i] = ChildProcesses.CpuSeconds - before;
            Directory.Delete(folder, recursive: true);
        }
        return (seconds, seconds.Sum());
    }
}

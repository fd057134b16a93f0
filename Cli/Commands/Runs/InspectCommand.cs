using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Networks.Encoders;
using Agents.Policies;
using Cli.Options;
using Cli.Output;
using Fleet.Journal;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Configuration;
using Learners.Runs;
using Protos.Foreign;
using Spectre.Console;

namespace Cli.Commands.Runs;

/// <summary><c>agents inspect</c>.</summary>
internal sealed class InspectCommand(TextWriter output)
{
    private const int LargestSummary = 1 << 20;

    // Of longer lists only so many are shown to people; JSON holds all.
    private const int MostLines = 200;

    private readonly Argument<string> _path = new("path")
    {
        Description = "Run, policy, checkpoint or journal folder, or a .safetensors or .unrolls file.",
    };
    private readonly InspectedPlay _play = new();
    private readonly RegistryOptions _registry = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new InspectCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "inspect",
            """
            Shows what is in a run, policy, checkpoint, journal or weights file, and checks that it is whole.

            Examples:
              agents inspect runs/CartPole-v1/ppo/20260101-120000-1
              agents inspect runs/CartPole-v1/ppo/20260101-120000-1/checkpoints/000000100352
              agents inspect runs/CartPole-v1/ppo/20260101-120000-1/policy/policy.safetensors --json
              agents inspect runs/Memory-Recall-v0/ppo/20260101-120000-1 --attention recall.png
              agents inspect runs/Memory-Recall-v0/ppo/20260101-120000-2 --branches 100
            """
        )
        {
            _path,
            _json,
        };
        _play.AddTo(command);
        _registry.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        string given = parsed.GetValue(_path)!;
        JsonObject description = _play.Of(given, parsed, _registry) ?? Describe(given, _registry.Agents(parsed));
        if (parsed.GetValue(_json))
        {
            output.WriteLine(description.ToJsonString());
            return;
        }
        Table table = Tables.Create("", Tables.Foreign(given));
        foreach ((string key, JsonNode? value) in description)
        {
            table.AddRow(key.Replace('_', ' '), Text(value));
        }
        Tables.Print(output, table);
    }

    private static JsonObject Describe(string path, AgentRegistry agents)
    {
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            return DescribeWeights(path);
        }
        if (path.EndsWith(JournalReader.Extension, StringComparison.OrdinalIgnoreCase) || JournalReader.List(path).Count > 0)
        {
            return DescribeJournal(path);
        }
        var run = new RunFolder(path);
        if (File.Exists(run.Config))
        {
            return DescribeRun(run, agents);
        }
        return File.Exists(Path.Combine(path, CheckpointStore.ManifestFile)) ? DescribeCheckpoint(path) : DescribePolicy(path);
    }

    private static JsonObject DescribeWeights(string path)
    {
        var arrays = new JsonArray();
        long total = 0;
        foreach (NamedArray array in Safetensors.Read(path).Arrays)
        {
            arrays.Add($"{array.Name} [{string.Join(", ", array.Shape)}]");
            total += array.Values.Length;
        }
        return new JsonObject
        {
            ["kind"] = "weights",
            ["numbers"] = total,
            ["arrays"] = arrays,
        };
    }

    private static JsonObject DescribeJournal(string path)
    {
        JournalSummary journal = JournalSummary.Read(path);
        return new JsonObject
        {
            ["kind"] = "journal",
            ["whole"] = journal.Damages.Count == 0,
            ["segments"] = journal.Segments,
            ["bytes"] = journal.Bytes,
            ["unrolls"] = journal.Unrolls,
            ["env_steps"] = journal.Steps,
            ["episodes"] = journal.Episodes,
            ["mean_return"] = double.IsNaN(journal.MeanReturn) ? null : journal.MeanReturn,
            ["environments"] = new JsonArray([.. journal.Environments.Select(id => (JsonNode)id)]),
            ["actors"] = new JsonArray([.. journal.Actors.Select(id => (JsonNode)id)]),
            ["parameter_versions"] =
                journal.Unrolls == 0 ? null : new JsonArray(journal.ParameterVersions.First, journal.ParameterVersions.Last),
            ["received"] =
                journal.Unrolls == 0
                    ? null
                    : new JsonArray(journal.Received.First.ToString("O"), journal.Received.Last.ToString("O")),
            ["damages"] = new JsonArray([.. journal.Damages.Select(damage => (JsonNode)damage)]),
        };
    }

    private static JsonObject DescribePolicy(string path)
    {
        using SavedPolicy policy = SavedPolicy.Load(path);
        return new JsonObject
        {
            ["kind"] = "policy",
            ["agent"] = policy.Info.Agent,
            ["environment"] = policy.Info.Environment,
            ["acting"] = policy.Info.Acting,
            ["observations"] = policy.ObservationSpace.ToString(),
            ["actions"] = policy.ActionSpace.ToString(),
            ["convolutions"] = new JsonArray([.. (policy.Network.Convolutions ?? []).Select(Describe)]),
            ["hidden_sizes"] = new JsonArray([.. (policy.Network.HiddenSizes ?? []).Select(size => (JsonNode)size)]),
            ["parameters"] = policy.ParameterCount,
            ["parameter_hash"] = policy.ParameterHash,
            ["parameter_version"] = policy.Info.ParameterVersion,
            ["environment_steps"] = policy.Info.EnvironmentSteps,
            ["seed"] = policy.Info.Seed,
            ["episodes"] = policy.Info.Episodes,
            ["mean_return"] = policy.Info.MeanReturn,
            ["std_return"] = policy.Info.StdReturn,
        };
    }

    private static JsonNode Describe(ConvolutionSettings layer) =>
        new JsonObject
        {
            ["channels"] = layer.Channels,
            ["kernel"] = layer.Kernel,
            ["stride"] = layer.Stride,
        };

    private static JsonObject DescribeCheckpoint(string path)
    {
        var arrays = new JsonArray();
        long bytes = 0;
        foreach ((string name, string type, byte[] data) in CheckpointStore.Load(path).Entries)
        {
            arrays.Add($"{name} {type}, {data.Length} bytes");
            bytes += data.Length;
        }
        return new JsonObject
        {
            ["kind"] = "checkpoint",
            ["whole"] = true,
            ["state_bytes"] = bytes,
            ["state"] = arrays,
        };
    }

    private static JsonObject DescribeRun(RunFolder run, AgentRegistry agents)
    {
        TrainingSettings settings = SettingsSources.Read(run.Config, [], agents);
        var checkpoints = new JsonArray();
        foreach ((long steps, string path) in new CheckpointStore(run.Checkpoints, int.MaxValue).List())
        {
            checkpoints.Add($"{steps}: {State(path)}");
        }
        JsonObject? summary = ReadSummary(run.Summary);
        return new JsonObject
        {
            ["kind"] = "run",
            ["environment"] = settings.Environment,
            ["agent"] = settings.AgentName,
            ["seed"] = settings.Seed,
            ["total_steps"] = settings.TotalSteps,
            ["checkpoints"] = checkpoints,
            ["policy"] = PolicyState(run.Policy),
            ["best_policy"] = PolicyState(run.Best),
            ["finished"] = summary?["interrupted"]?.GetValueKind() == JsonValueKind.False,
            ["mean_return"] = summary?["mean_return"]?.DeepClone(),
            ["best_return"] = summary?["best_return"]?.DeepClone(),
        };

        static string State(string path)
        {
            try
            {
                CheckpointStore.Load(path);
                return "whole";
            }
            catch (CheckpointException exception)
            {
                return exception.Message;
            }
        }
    }

    private static string? PolicyState(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }
        try
        {
            using SavedPolicy policy = SavedPolicy.Load(folder);
            return $"whole, of step {policy.Info.EnvironmentSteps}";
        }
        catch (PolicyFormatException exception)
        {
            return exception.Message;
        }
    }

    private static JsonObject? ReadSummary(string path)
    {
        try
        {
            return File.Exists(path)
                ? JsonNode.Parse(PlainFile.ReadTextIn(Path.GetDirectoryName(path)!, Path.GetFileName(path), LargestSummary))
                    as JsonObject
                : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException(
                $"'{path}' is damaged: {ForeignText.Show(exception.Message)} Resume the run to write it anew.",
                exception
            );
        }
    }

    private static string Text(JsonNode? value) =>
        value switch
        {
            null => "–",
            JsonArray { Count: > MostLines } array => Lines(array.Take(MostLines)) + $"\n… and {array.Count - MostLines} more",
            JsonArray array => Lines(array),
            _ => Tables.Foreign(value.ToString()),
        };

    private static string Lines(IEnumerable<JsonNode?> items) =>
        string.Join("\n", items.Select(item => Tables.Foreign(item?.ToString())));
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Policies;
using Agents.Yaml;
using Cli.Options;
using Learners.Evaluation;

namespace Cli.Commands.Runs;

/// <summary>What <c>agents inspect</c> plays with a policy, to show what goes on within it.</summary>
internal sealed class InspectedPlay
{
    private readonly Option<string?> _attention = new("--attention")
    {
        Description =
            "Plays an episode with a policy and draws what its transformer looked at, into this file. Default: attention.png.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _branches = new("--branches")
    {
        Description =
            "Plays this many episodes with a policy whose core is ppr, and shows in which share of the steps the most probable action of its perception and of its prediction is another one than that of its reaction, which acts (for real numbers: more than one standard deviation away), and how far the policies diverge. Default: 20.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string> _seed = new("--seed")
    {
        Description = "Seed of the episodes of --attention and --branches.",
        DefaultValueFactory = _ => "0",
    };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_attention);
        command.Add(_branches);
        command.Add(_seed);
    }

    /// <summary>What was seen; null where nothing is to be played.</summary>
    /// <param name="path">Run or policy folder.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="registry">Where environments are looked up.</param>
    /// <exception cref="SettingsException">Both are asked for.</exception>
    public JsonObject? Of(string path, ParseResult parsed, RegistryOptions registry)
    {
        bool attention = parsed.GetResult(_attention) is not null;
        bool branches = parsed.GetResult(_branches) is not null;
        if (attention && branches)
        {
            throw new SettingsException("--attention and --branches are for different cores. Give one of them.");
        }
        if (!attention && !branches)
        {
            return null;
        }
        using SavedPolicy policy = SavedPolicy.Load(path);
        ulong seed = Numbers.Parse("--seed", parsed.GetValue(_seed)!, 0, ulong.MaxValue);
        return attention
            ? Attention(policy, parsed, new AttentionOptions { Seed = seed, Registry = registry.Registry(parsed) })
            : Branches(policy, parsed, new BranchOptions { Seed = seed, Registry = registry.Registry(parsed) });
    }

    private JsonObject Attention(SavedPolicy policy, ParseResult parsed, AttentionOptions options)
    {
        string picture = parsed.GetValue(_attention) ?? "attention.png";
        AttentionRecording recording = AttentionRecorder.Record(policy, options);
        AttentionPicture.Save(recording, picture);
        return new JsonObject
        {
            ["kind"] = "attention",
            ["picture"] = picture,
            ["environment"] = policy.Info.Environment,
            ["layers"] = recording.Layers,
            ["heads"] = recording.Heads,
            ["memory_length"] = recording.MemoryLength,
            ["steps"] = recording.Steps,
            ["return"] = recording.Return,
        };
    }

    private JsonObject Branches(SavedPolicy policy, ParseResult parsed, BranchOptions options)
    {
        if (parsed.GetValue(_branches) is { } episodes)
        {
            options = options with { Episodes = (int)Numbers.Parse("--branches", episodes, 1, 100_000) };
        }
        BranchReport report = BranchRecorder.Record(policy, options);
        var description = new JsonObject
        {
            ["kind"] = "branches",
            ["environment"] = policy.Info.Environment,
            ["episodes"] = report.Episodes,
            ["steps"] = report.Steps,
            ["mean_return"] = report.MeanReturn,
        };
        foreach (BranchOpinion branch in report.Branches)
        {
            description[$"{branch.Branch}_acts_otherwise"] = branch.ActsOtherwise;
            description[$"{branch.Branch}_divergence"] = branch.Divergence;
        }
        return description;
    }
}

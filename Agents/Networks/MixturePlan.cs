using System.Collections.Immutable;
using Agents.Distributions;
using Agents.Networks.Cores;
using Agents.Yaml;
using Environments.Spaces;
using Protos.Foreign;

namespace Agents.Networks;

/// <summary>A mixture with nothing left open, for one network: which actions each policy has, and what it reads. Immutable.</summary>
internal sealed class MixturePlan
{
    /// <summary>Path of α among the parameters.</summary>
    public const string Alpha = "mixture.alpha";

    // Each is a column of every row of distributions.
    private const int MostActions = 16_384;

    private readonly NetworkSpec _spec;

    /// <summary>The plan of a network's mixture.</summary>
    /// <exception cref="SettingsException">The stages do not fit the network's spaces, or each other.</exception>
    public MixturePlan(NetworkSpec spec, MixtureSettings settings)
    {
        _spec = spec;
        Settings = settings;
        Counts = CountsOf(spec.ActionSpace);
        long actions = Counts.Aggregate(1L, (product, count) => Math.Min(product * count, int.MaxValue));
        if (actions > MostActions)
        {
            throw new SettingsException(
                $"A mixture computes the probability of every action, and {spec.ActionSpace} has {(actions == int.MaxValue ? "too many" : $"{actions}")} of them; at most {MostActions} are possible. Give the environment fewer choices."
            );
        }
        ActionCount = (int)actions;
        Stages = [.. settings.Stages.Select(PlanOf)];
        RequireNested();
    }

    /// <summary>What it was made of.</summary>
    public MixtureSettings Settings { get; }

    /// <summary>Choices of each component of an action; one component of a discrete space.</summary>
    public ImmutableArray<int> Counts { get; }

    /// <summary>Actions, all components together.</summary>
    public int ActionCount { get; }

    /// <summary>Earlier policies.</summary>
    public ImmutableArray<StagePlan> Stages { get; }

    /// <summary>The family of mixed distributions.</summary>
    public static ActionDistribution FamilyOf(Space actions)
    {
        ImmutableArray<int> counts = CountsOf(actions);
        return counts.Length == 1 && actions is Discrete ? new Categorical(counts[0]) : new JointCategorical(counts.AsSpan());
    }

    private static ImmutableArray<int> CountsOf(Space actions) =>
        actions switch
        {
            Discrete discrete => [discrete.Count],
            MultiDiscrete multi => [.. multi.Counts],
            MultiBinary bits => [.. Enumerable.Repeat(2, bits.Count)],
            _ => throw new SettingsException(
                $"A mixture of policies needs actions that can be counted, and these are {actions}. Train without a mixture, or let the environment offer discrete actions."
            ),
        };

    private StagePlan PlanOf(StageSettings stage, int index)
    {
        MemoryCore? core = null;
        if (stage.HasOwnFeatures)
        {
            if (_spec.Plan.HeadsAreTables)
            {
                throw new SettingsException(
                    $"Stage {index} of the mixture has layers of its own, and network.encoder table without a hidden layer has only the index of a row for them. Give network.hidden_sizes, such as [64], or leave them out."
                );
            }
            int inputs = stage.HiddenSizes.Length > 0 ? stage.HiddenSizes[^1] : _spec.Plan.OutputSize;
            core = MemoryCores.Create(ChoiceOf(stage, index), inputs);
        }
        ImmutableArray<int>? actions = stage.Actions is null ? null : IndicesOf(stage.Actions, index);
        return new StagePlan(index, stage, core, actions, stage.Task is null ? null : TaskOf(stage.Task, index));
    }

    private CoreChoice ChoiceOf(StageSettings stage, int index)
    {
        string name = stage.CoreOf(_spec.Settings.Core);
        CoreChoice network = _spec.Settings.OfCore;
        if (stage.Core is null && name == _spec.Settings.Core)
        {
            return network;
        }
        CoreEntry entry =
            MemoryCores.Find(name) ?? throw new SettingsException($"Stage {index} of the mixture: {MemoryCores.Unknown(name)}");
        CoreChoice own = network.Of(name, stage.CoreSize);
        return entry.Validate(own).FirstOrDefault() is { } mistake
            ? throw new SettingsException($"Stage {index} of the mixture, core {name}: {mistake.ErrorMessage}")
            : own;
    }

    private ImmutableArray<int> IndicesOf(int[][] actions, int stage)
    {
        var indices = new List<int>();
        foreach (int[] action in actions)
        {
            bool isOne =
                action.Length == Counts.Length && action.Zip(Counts).All(pair => pair.First >= 0 && pair.First < pair.Second);
            if (!isOne)
            {
                throw new SettingsException(
                    $"Stage {stage} of the mixture has the action [{string.Join(", ", action)}], which is none of {_spec.ActionSpace}. "
                        + $"Write {(Counts.Length == 1 ? "one number" : $"{Counts.Length} numbers")} from 0 to {string.Join(", ", Counts.Select(count => count - 1))}."
                );
            }
            int index = action.Zip(Counts).Aggregate(0, (sum, pair) => sum * pair.Second + pair.First);
            if (indices.Contains(index))
            {
                throw new SettingsException(
                    $"Stage {stage} of the mixture has the action [{string.Join(", ", action)}] twice. Name each action once."
                );
            }
            indices.Add(index);
        }
        return [.. indices];
    }

    private TaskColumns TaskOf(string name, int stage)
    {
        foreach (Encoders.FeaturePart part in _spec.Plan.Features.Parts)
        {
            if (part.Name == name && part.NonZeros == 1 && part.IsSparse)
            {
                return new TaskColumns(part.Offset, part.Size);
            }
        }
        throw new SettingsException(
            $"Stage {stage} of the mixture has a policy for each {ForeignText.Show(name)}, which is no discrete entry that the network reads of {_spec.ObservationSpace}. Name one by its path."
        );
    }

    // What an earlier policy does, a later one has to be able to do: else the divergence between them has no bound.
    private void RequireNested()
    {
        for (int i = 0; i < Stages.Length; i++)
        {
            for (int j = i + 1; j < Stages.Length; j++)
            {
                if (Stages[j].Actions is { } later && !(Stages[i].Actions is { } earlier && earlier.All(later.Contains)))
                {
                    throw new SettingsException(
                        $"Stage {i} of the mixture has actions that stage {j} lacks, so that the later one could never do what it did. Give later stages more actions, not others."
                    );
                }
            }
        }
    }
}

/// <summary>An earlier policy with nothing left open.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Settings">What was said of it.</param>
/// <param name="Core">What its head reads; null where it reads the network's core.</param>
/// <param name="Actions">Its actions among all of them; null for all.</param>
/// <param name="Task">Where the task stands that it has a policy for; null for one policy.</param>
internal sealed record StagePlan(
    int Index,
    StageSettings Settings,
    MemoryCore? Core,
    ImmutableArray<int>? Actions,
    TaskColumns? Task
)
{
    /// <summary>What begins the paths of its parameters within a trunk, and their names.</summary>
    public string Path => $"stages.{Index}";

    /// <summary>Name of its policy head.</summary>
    public string PolicyHead => $"stage_{Index}_policy";

    /// <summary>Name of its value head.</summary>
    public string ValueHead => $"stage_{Index}_value";
}

/// <summary>Where the one-hot number of a task stands among the features.</summary>
/// <param name="Offset">First column.</param>
/// <param name="Count">Tasks.</param>
internal sealed record TaskColumns(int Offset, int Count);

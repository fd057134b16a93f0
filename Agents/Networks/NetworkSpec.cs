using Agents.Distributions;
using Agents.Networks.Cores;
using Agents.Networks.Encoders;
using Environments.Spaces;
using Protos.Foreign;

namespace Agents.Networks;

/// <summary>A network in words: encoder → memory core → heads. Immutable; every engine builds from it.</summary>
/// <remarks>
/// A network made by its constructor has a policy and a value, as actor-critic methods need them; <see cref="WithoutPolicy"/> makes one that has the
/// heads of its settings alone, for supervised learning and for models of other things than actions.
/// </remarks>
/// <param name="ObservationSpace">Observations that the network reads.</param>
/// <param name="ActionSpace">Actions whose distribution it gives.</param>
/// <param name="Settings">Layers, activation, core, sharing; what they leave open depends on the observations.</param>
public sealed record NetworkSpec(Space ObservationSpace, Space ActionSpace, NetworkSettings Settings)
{
    private static readonly string[] OneTrunk = [Head.ActorTrunk];
    private static readonly string[] TwoTrunks = [Head.ActorTrunk, Head.CriticTrunk];

    private EncoderPlan? _plan; // of the current space and settings, once it was asked for
    private MemoryCore? _core;
    private StateLayout? _state;
    private MixturePlan? _mixture;
    private IReadOnlyList<string>? _trunks;
    private IReadOnlyList<CorePlace>? _cores;
    private IReadOnlyList<Head>? _heads;
    private readonly Space? _actions = ActionSpace; // null without a policy

    /// <summary>A network whose outputs are the heads of its settings and nothing else: one trunk, no actions, no value.</summary>
    /// <param name="observationSpace">Observations that the network reads.</param>
    /// <param name="settings">Layers, activation, core and at least one head.</param>
    public static NetworkSpec WithoutPolicy(Space observationSpace, NetworkSettings settings) =>
        new(observationSpace, null!, settings);

    /// <summary>Whether the network has a policy and a value, and not the heads of its settings alone.</summary>
    public bool HasPolicy => _actions is not null;

    /// <summary>Observations that the network reads.</summary>
    public Space ObservationSpace
    {
        get;
        init
        {
            field = value;
            Forget();
        }
    } = ObservationSpace;

    /// <summary>Actions whose distribution it gives.</summary>
    /// <exception cref="InvalidOperationException">The network has no policy.</exception>
    public Space ActionSpace
    {
        get =>
            _actions
            ?? throw new InvalidOperationException(
                "The network has no policy, only the heads of its settings, and so no actions. Ask HasPolicy first."
            );
        init
        {
            _actions = value;
            Forget();
        }
    }

    /// <summary>Layers, activation, core, sharing; what they leave open depends on the observations.</summary>
    public NetworkSettings Settings
    {
        get;
        init
        {
            field = value;
            Forget();
        }
    } = Settings;

    /// <summary>Float32 numbers in one observation, F.</summary>
    public int ObservationSize => ObservationSpace.Size;

    /// <summary>Float32 numbers of what is read, after integers became one-hot vectors, or all of them the index of a table's row: the first layer's inputs.</summary>
    public int FeatureSize => Plan.Features.Size;

    /// <summary>Float32 numbers that describe the action distribution of one row, P.</summary>
    public int DistributionSize => Distribution.ParameterSize;

    /// <summary>The family of the distributions that the network gives.</summary>
    /// <exception cref="InvalidOperationException">The network has no policy.</exception>
    internal ActionDistribution Distribution =>
        Settings.Mixture is null ? ActionDistribution.For(ActionSpace) : MixturePlan.FamilyOf(ActionSpace);

    /// <summary>Earlier policies that act together with the network's own; null without any.</summary>
    /// <exception cref="Agents.Yaml.SettingsException">They do not fit the spaces, or each other.</exception>
    internal MixturePlan? Mixture => Settings.Mixture is { } mixture && HasPolicy ? _mixture ??= new(this, mixture) : null;

    /// <summary>The encoder with nothing left open.</summary>
    /// <exception cref="Agents.Yaml.SettingsException">The settings do not fit the observations.</exception>
    internal EncoderPlan Plan => _plan ??= new EncoderPlan(ObservationSpace, Settings.OfEncoder);

    /// <summary>Whether draws of the policy are scaled to the bounds of a box of actions.</summary>
    /// <exception cref="InvalidOperationException">The network has no policy.</exception>
    internal bool ScalesActions => Settings.ScaleActions ?? ActionMapping.ScalesByDefault(ActionSpace);

    /// <summary>The settings that build the same network and policy whatever the defaults are.</summary>
    internal NetworkSettings ResolvedSettings =>
        Settings with
        {
            Convolutions = Plan.Settings.Convolutions,
            HiddenSizes = Plan.Settings.HiddenSizes,
            Activation = Plan.Settings.Activation,
            SharedTrunk = HasOneTrunk,
            ScaleActions = HasPolicy ? ScalesActions : Settings.ScaleActions,
        };

    /// <summary>The memory of one trunk.</summary>
    /// <exception cref="Agents.Yaml.SettingsException">There is no core of this name, or the settings do not fit the observations.</exception>
    internal MemoryCore Core => _core ??= CreateCore();

    /// <summary>Where the parts of the state of <see cref="Core"/> lie.</summary>
    internal StateLayout State => _state ??= new StateLayout(Core.State);

    /// <summary>Everything that the network gives: the policy and the value, where it has them, and further heads.</summary>
    /// <exception cref="Agents.Yaml.SettingsException">A head reads what the core does not have, or there is none at all.</exception>
    internal IReadOnlyList<Head> Heads => _heads ??= CreateHeads();

    /// <summary>Names of the trunks that are there, each with an encoder and a core of its own.</summary>
    internal IReadOnlyList<string> Trunks => _trunks ??= CreateTrunks();

    /// <summary>The memories of all trunks, in the order of their states.</summary>
    internal IReadOnlyList<CorePlace> Cores => _cores ??= CreateCores();

    /// <summary>Whether some memory is a ring of earlier steps.</summary>
    internal bool RemembersRows => Cores.Any(place => place.State.RingLength > 0);

    /// <summary>Float32 numbers of core state per row, 0 without memory; the actor's core first, then the critic's where it has its own.</summary>
    public int CoreStateSize => Cores.Count == 0 ? 0 : Cores[^1].Offset + Cores[^1].State.Size;

    /// <summary>Whether the other network reads and gives the same with equal settings.</summary>
    public bool Equals(NetworkSpec? other) =>
        other is not null
        && ObservationSpace == other.ObservationSpace
        && _actions == other._actions
        && Settings == other.Settings;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ObservationSpace, _actions, Settings);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{ObservationSpace} → {_actions?.ToString() ?? string.Join(", ", Settings.Heads.Select(head => head.Name))}, {Settings}";

    /// <summary>What begins the paths of a trunk's parameters: its name and a point, or nothing where it is the only one.</summary>
    internal string PrefixOf(string trunk) =>
        !HasOneTrunk ? trunk + "."
        : trunk == Head.ActorTrunk ? ""
        : trunk[..^Head.ActorTrunk.Length]; // of a stage, with its point

    /// <summary>Numbers that a head reads.</summary>
    internal int InputsOf(Head head) => ColumnsOf(head.Trunk, head.Branch);

    /// <summary>Where the policy of a stage, or its value, reads.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="trunk">The network's own trunk for it.</param>
    internal (string Trunk, string Branch) FeaturesOf(StagePlan stage, string trunk) =>
        (
            stage.Settings.OwnTrunk ? $"{stage.Path}.{trunk}" : trunk,
            stage.Core is { } core ? $"{stage.Path}/{core.Branches[0].Name}" : Core.Branches[0].Name
        );

    private void Forget() =>
        (_plan, _core, _state, _heads, _mixture, _trunks, _cores) = (null, null, null, null, null, null, null);

    private string[] CreateTrunks()
    {
        string[] own = HasOneTrunk ? OneTrunk : TwoTrunks;
        IEnumerable<StagePlan> apart = (Mixture?.Stages ?? []).Where(stage => stage.Settings.OwnTrunk);
        return [.. own, .. apart.SelectMany(stage => own.Select(trunk => $"{stage.Path}.{trunk}"))];
    }

    private List<CorePlace> CreateCores()
    {
        var places = new List<CorePlace>();
        int offset = 0;
        void Add(string trunk, string path, MemoryCore core, StateLayout state, StagePlan? stage)
        {
            places.Add(new CorePlace(trunk, PrefixOf(trunk) + path, core, state, offset, stage));
            offset += state.Size;
        }
        StagePlan[] stages = [.. (Mixture?.Stages ?? []).Where(stage => stage.Core is not null)];
        foreach (string trunk in Trunks)
        {
            if (trunk is Head.ActorTrunk or Head.CriticTrunk)
            {
                Add(trunk, "core", Core, State, null);
            }
            foreach (StagePlan stage in stages)
            {
                if (FeaturesOf(stage, Head.ActorTrunk).Trunk == trunk || FeaturesOf(stage, Head.CriticTrunk).Trunk == trunk)
                {
                    string path = stage.Settings.OwnTrunk ? "core" : stage.Path + ".core";
                    Add(trunk, path, stage.Core!, new StateLayout(stage.Core!.State), stage);
                }
            }
        }
        return places;
    }

    private int ColumnsOf(string trunk, string branch) =>
        Cores
            .Where(place => place.Trunk == trunk)
            .SelectMany(place => place.Core.Branches.Select(other => (Key: place.KeyOf(other.Name), other.Columns)))
            .First(other => other.Key == branch)
            .Columns;

    /// <summary>The network's own trunk that gives values.</summary>
    internal string OwnCriticTrunk => HasOneTrunk ? Head.ActorTrunk : Head.CriticTrunk;

    private IEnumerable<Head> HeadsOf(StagePlan stage, int actions)
    {
        int copies = stage.Task?.Count ?? 1;
        (string trunk, string branch) = FeaturesOf(stage, Head.ActorTrunk);
        if (!stage.Settings.SharedHead)
        {
            int size = copies * (stage.Actions?.Length ?? actions);
            yield return new(stage.PolicyHead, HeadKind.Policy, size, trunk, branch, $"actor.{stage.Path}.head", stage);
        }
        else
        {
            RequireLike(stage, trunk, branch, Head.ActorTrunk, "shares the policy head", "shared_head to false");
        }
        (trunk, branch) = FeaturesOf(stage, OwnCriticTrunk);
        if (!Mixture!.Settings.SharedValue)
        {
            yield return new(stage.ValueHead, HeadKind.Value, copies, trunk, branch, $"critic.{stage.Path}.head", stage);
        }
        else
        {
            RequireLike(stage, trunk, branch, OwnCriticTrunk, "shares the value head", "shared_value to false");
        }
    }

    private void RequireLike(StagePlan stage, string trunk, string branch, string own, string what, string remedy)
    {
        (int theirs, int ours) = (ColumnsOf(trunk, branch), ColumnsOf(own, Core.Branches[0].Name));
        if (theirs != ours)
        {
            throw new Yaml.SettingsException(
                $"Stage {stage.Index} of the mixture {what}, which reads {ours} numbers, and its own layers give {theirs}. Make them as wide, or set {remedy}."
            );
        }
    }

    private bool HasOneTrunk => !HasPolicy || (Settings.SharedTrunk ?? Plan.Convolves);

    private MemoryCore CreateCore() =>
        Plan.HeadsAreTables && Settings.Core != MemoryCores.Identity
            ? throw new Yaml.SettingsException(
                $"network.core is {Settings.Core}, which reads features, and network.encoder table without a hidden layer has only the index of a row. Give the table units by network.hidden_sizes, such as [64]."
            )
            : MemoryCores.Create(Settings.OfCore, Plan.OutputSize);

    private List<Head> CreateHeads()
    {
        string first = Core.Branches[0].Name;
        var heads = new List<Head>();
        if (_actions is not null)
        {
            int policy = ActionDistribution.For(_actions).HeadSize;
            heads.Add(new(Head.Policy, HeadKind.Policy, policy, Head.ActorTrunk, first, "actor.head"));
            heads.Add(new(Head.Value, HeadKind.Value, 1, OwnCriticTrunk, first, "critic.head"));
            heads.AddRange((Mixture?.Stages ?? []).SelectMany(stage => HeadsOf(stage, policy)));
        }
        else if (Settings.Heads.Length == 0)
        {
            throw new Yaml.SettingsException(
                "network.heads is empty, and a network without a policy gives nothing else. Add a head with a name and a size."
            );
        }
        foreach (HeadSettings head in Settings.Heads)
        {
            string branch = head.Branch.Length == 0 ? first : head.Branch;
            if (!Core.Branches.Any(other => other.Name == branch))
            {
                throw new Yaml.SettingsException(
                    $"network.heads: the head {head.Name} reads the branch '{ForeignText.Show(branch)}', and the core {Settings.Core} has {string.Join(", ", Core.Branches.Select(other => other.Name))}.{MemoryCores.SuggestFor(branch, Settings.OfCore)}"
                );
            }
            string trunk = HasOneTrunk ? Head.ActorTrunk : head.Trunk;
            heads.Add(new(head.Name, head.Kind, head.Size, trunk, branch, $"{PrefixOf(trunk)}heads.{head.Name}"));
        }
        return heads;
    }
}

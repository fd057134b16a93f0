using Agents.Distributions;
using Agents.Networks.Cores;
using Agents.Networks.Encoders;
using Agents.Policies;
using Environments.Spaces;
using Protos.Foreign;

namespace Agents.Networks;

/// <summary>An actor-critic network in words: encoder → memory core → heads. Immutable; every engine builds from it.</summary>
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
    private IReadOnlyList<Head>? _heads;

    /// <summary>Observations that the network reads.</summary>
    public Space ObservationSpace
    {
        get;
        init
        {
            field = value;
            (_plan, _core, _state, _heads) = (null, null, null, null);
        }
    } = ObservationSpace;

    /// <summary>Actions whose distribution it gives.</summary>
    public Space ActionSpace
    {
        get;
        init
        {
            field = value;
            _heads = null;
        }
    } = ActionSpace;

    /// <summary>Layers, activation, core, sharing; what they leave open depends on the observations.</summary>
    public NetworkSettings Settings
    {
        get;
        init
        {
            field = value;
            (_plan, _core, _state, _heads) = (null, null, null, null);
        }
    } = Settings;

    /// <summary>Float32 numbers in one observation, F.</summary>
    public int ObservationSize => ObservationSpace.Size;

    /// <summary>Float32 numbers after integers became one-hot vectors: the first layer's inputs.</summary>
    public int FeatureSize => Plan.Features.Size;

    /// <summary>Float32 numbers that describe the action distribution of one row, P.</summary>
    public int DistributionSize => ActionDistribution.For(ActionSpace).ParameterSize;

    /// <summary>The encoder with nothing left open.</summary>
    /// <exception cref="Agents.Yaml.SettingsException">The settings do not fit the observations.</exception>
    internal EncoderPlan Plan => _plan ??= new EncoderPlan(ObservationSpace, Settings);

    /// <summary>Whether draws of the policy are scaled to the bounds of a box of actions.</summary>
    internal bool ScalesActions => Settings.ScaleActions ?? ActionMapping.ScalesByDefault(ActionSpace);

    /// <summary>The settings that build the same network and policy whatever the defaults are.</summary>
    internal NetworkSettings ResolvedSettings => Plan.Settings with { ScaleActions = ScalesActions };

    /// <summary>The memory of one trunk.</summary>
    /// <exception cref="Agents.Yaml.SettingsException">There is no core of this name, or the settings do not fit the observations.</exception>
    internal MemoryCore Core => _core ??= MemoryCores.Create(Settings, Plan.OutputSize);

    /// <summary>Where the parts of one core's state lie.</summary>
    internal StateLayout State => _state ??= new StateLayout(Core.State);

    /// <summary>Everything that the network gives: the policy, the value, and further heads.</summary>
    /// <exception cref="Agents.Yaml.SettingsException">A head reads what the core does not have.</exception>
    internal IReadOnlyList<Head> Heads => _heads ??= CreateHeads();

    /// <summary>Names of the trunks that are there, each with an encoder and a core of its own.</summary>
    internal IReadOnlyList<string> Trunks => Plan.SharedTrunk ? OneTrunk : TwoTrunks;

    /// <summary>Float32 numbers of core state per row, 0 without memory; the actor's core first, then the critic's where it has its own.</summary>
    public int CoreStateSize => State.Size * Trunks.Count;

    /// <summary>Whether the other network reads and gives the same with equal settings.</summary>
    public bool Equals(NetworkSpec? other) =>
        other is not null
        && ObservationSpace == other.ObservationSpace
        && ActionSpace == other.ActionSpace
        && Settings == other.Settings;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ObservationSpace, ActionSpace, Settings);

    /// <summary>What begins the paths of a trunk's parameters: its name and a point, or nothing where it is the only one.</summary>
    internal string PrefixOf(string trunk) => Plan.SharedTrunk ? "" : trunk + ".";

    private List<Head> CreateHeads()
    {
        string first = Core.Branches[0].Name;
        int policy = ActionDistribution.For(ActionSpace).HeadSize;
        var heads = new List<Head>
        {
            new(Head.Policy, HeadKind.Policy, policy, Head.ActorTrunk, first, "actor.head"),
            new(Head.Value, HeadKind.Value, 1, Plan.SharedTrunk ? Head.ActorTrunk : Head.CriticTrunk, first, "critic.head"),
        };
        foreach (HeadSettings head in Settings.Heads)
        {
            string branch = head.Branch.Length == 0 ? first : head.Branch;
            if (!Core.Branches.Any(other => other.Name == branch))
            {
                throw new Yaml.SettingsException(
                    $"network.heads: the head {head.Name} reads the branch '{ForeignText.Show(branch)}', and the core {Settings.Core} has {string.Join(", ", Core.Branches.Select(other => other.Name))}."
                );
            }
            string trunk = Plan.SharedTrunk ? Head.ActorTrunk : head.Trunk;
            heads.Add(new(head.Name, head.Kind, head.Size, trunk, branch, $"{PrefixOf(trunk)}heads.{head.Name}"));
        }
        return heads;
    }
}

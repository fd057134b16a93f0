using Agents.Distributions;
using Agents.Networks.Cores;
using Agents.Networks.Encoders;
using Agents.Policies;
using Environments.Spaces;

namespace Agents.Networks;

/// <summary>An actor-critic network in words: encoder → memory core → heads. Immutable; every engine builds from it.</summary>
/// <param name="ObservationSpace">Observations that the network reads.</param>
/// <param name="ActionSpace">Actions whose distribution it gives.</param>
/// <param name="Settings">Layers, activation, core, sharing; what they leave open depends on the observations.</param>
public sealed record NetworkSpec(Space ObservationSpace, Space ActionSpace, NetworkSettings Settings)
{
    private EncoderPlan? _plan; // of the current space and settings, once it was asked for
    private MemoryCore? _core;
    private StateLayout? _state;

    /// <summary>Observations that the network reads.</summary>
    public Space ObservationSpace
    {
        get;
        init
        {
            field = value;
            (_plan, _core, _state) = (null, null, null);
        }
    } = ObservationSpace;

    /// <summary>Layers, activation, core, sharing; what they leave open depends on the observations.</summary>
    public NetworkSettings Settings
    {
        get;
        init
        {
            field = value;
            (_plan, _core, _state) = (null, null, null);
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

    /// <summary>Float32 numbers of core state per row, 0 without memory; the actor's core first, then the critic's where it has its own.</summary>
    public int CoreStateSize => State.Size * (Plan.SharedTrunk ? 1 : 2);

    /// <summary>Whether the other network reads and gives the same with equal settings.</summary>
    public bool Equals(NetworkSpec? other) =>
        other is not null
        && ObservationSpace == other.ObservationSpace
        && ActionSpace == other.ActionSpace
        && Settings == other.Settings;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ObservationSpace, ActionSpace, Settings);
}

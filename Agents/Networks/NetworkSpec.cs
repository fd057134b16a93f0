using Agents.Distributions;
using Agents.Networks.Encoders;
using Agents.Networks.Transformers;
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

    /// <summary>Observations that the network reads.</summary>
    public Space ObservationSpace
    {
        get;
        init
        {
            field = value;
            _plan = null;
        }
    } = ObservationSpace;

    /// <summary>Layers, activation, core, sharing; what they leave open depends on the observations.</summary>
    public NetworkSettings Settings
    {
        get;
        init
        {
            field = value;
            _plan = null;
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

    /// <summary>Numbers that a row has before the heads.</summary>
    internal int TrunkSize =>
        Settings.Core switch
        {
            CoreKind.Identity => Plan.OutputSize,
            CoreKind.Lstm or CoreKind.Gru or CoreKind.Gtrxl => Settings.CoreSize,
        };

    /// <summary>Float32 numbers of one core's state per row: its output, then an LSTM's cell; or a transformer's memory.</summary>
    internal int StateSizeOfOneCore =>
        Settings.Core switch
        {
            CoreKind.Lstm => 2 * Settings.CoreSize,
            CoreKind.Gru => Settings.CoreSize,
            CoreKind.Gtrxl => new MemoryShape(Settings).StateSize,
            CoreKind.Identity => 0,
        };

    /// <summary>Float32 numbers of core state per row, 0 without memory; the actor's core first, then the critic's where it has its own.</summary>
    public int CoreStateSize => StateSizeOfOneCore == 0 ? 0 : StateSizeOfOneCore * (Plan.SharedTrunk ? 1 : 2);

    /// <summary>Whether the other network reads and gives the same with equal settings.</summary>
    public bool Equals(NetworkSpec? other) =>
        other is not null
        && ObservationSpace == other.ObservationSpace
        && ActionSpace == other.ActionSpace
        && Settings == other.Settings;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ObservationSpace, ActionSpace, Settings);
}

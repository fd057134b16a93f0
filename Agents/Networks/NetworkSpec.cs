using Agents.Distributions;
using Environments.Spaces;

namespace Agents.Networks;

/// <summary>An actor-critic network in words: encoder → memory core → heads. Immutable; every engine builds from it.</summary>
/// <param name="ObservationSpace">Observations that the network reads.</param>
/// <param name="ActionSpace">Actions whose distribution it gives.</param>
/// <param name="Settings">Layers, activation, core, sharing.</param>
public sealed record NetworkSpec(Space ObservationSpace, Space ActionSpace, NetworkSettings Settings)
{
    /// <summary>Float32 numbers in one observation, F.</summary>
    public int ObservationSize => ObservationSpace.Size;

    /// <summary>Float32 numbers after integers became one-hot vectors: the first layer's inputs.</summary>
    public int FeatureSize => ObservationFeatures.SizeOf(ObservationSpace);

    /// <summary>Float32 numbers that describe the action distribution of one row, P.</summary>
    public int DistributionSize => ActionDistribution.For(ActionSpace).ParameterSize;

    /// <summary>Numbers that a row has between encoder and core, or heads.</summary>
    internal int EncoderSize => Settings.HiddenSizes.Length == 0 ? FeatureSize : Settings.HiddenSizes[^1];

    /// <summary>Numbers that a row has before the heads.</summary>
    internal int TrunkSize => Settings.Core == CoreKind.Identity ? EncoderSize : Settings.CoreSize;

    /// <summary>Float32 numbers of one core's state per row: its output, then an LSTM's cell.</summary>
    internal int StateSizeOfOneCore =>
        Settings.Core switch
        {
            CoreKind.Lstm => 2 * Settings.CoreSize,
            CoreKind.Gru => Settings.CoreSize,
            _ => 0,
        };

    /// <summary>Float32 numbers of core state per row, 0 without memory; the actor's core first, then the critic's where it has its own.</summary>
    public int CoreStateSize => StateSizeOfOneCore * (Settings.SharedTrunk ? 1 : 2);
}

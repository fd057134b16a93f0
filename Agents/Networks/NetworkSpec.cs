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

    /// <summary>Float32 numbers of core state per row; 0 without memory.</summary>
    public int CoreStateSize =>
        Settings.Core switch
        {
            CoreKind.Identity => 0,
            _ => throw new NotSupportedException($"There is no core '{Settings.Core}'."),
        };
}

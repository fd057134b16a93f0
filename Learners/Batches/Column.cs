using Agents.Networks;
using Agents.Programs;

namespace Learners.Batches;

/// <summary>Numbers of each sample (or of each sequence) of a batch: recorded by an actor, estimated, or said by a network.</summary>
/// <param name="Name">Name, unique in a batch.</param>
/// <param name="Width">Numbers per row.</param>
/// <param name="Space">What rows are.</param>
internal sealed record Column(string Name, int Width, RowSpace Space)
{
    /// <summary>One number per sample.</summary>
    public Column(string name)
        : this(name, 1, RowSpace.Rows) { }

    /// <summary>Log-probs of the actions under the policy that acted.</summary>
    public static Column BehaviourLogProbs { get; } = new("behaviour_log_probs");

    /// <summary>Advantages of the actions; in a minibatch normalised where the settings ask for it.</summary>
    public static Column Advantages { get; } = new("advantages");

    /// <summary>Rewards, as the actor recorded them unless a stage changed them.</summary>
    public static Column Rewards { get; } = new("rewards");

    /// <summary>Targets of the value.</summary>
    public static Column Returns { get; } = new("returns");

    /// <summary>Values of the observations before the update.</summary>
    public static Column OldValues { get; } = new("old_values");

    /// <summary>How much each sample counts, in every mean of a loss, where some objective reads it; 1 is as much as without weights.</summary>
    public static Column SampleWeights { get; } = new("sample_weights");

    /// <summary>Whole observations.</summary>
    public static Column Observations(NetworkSpec spec) => new("observations", spec.ObservationSize, RowSpace.Rows);

    /// <summary>What the first layer reads.</summary>
    public static Column Features(NetworkSpec spec) => new("features", spec.FeatureSize, RowSpace.Rows);

    /// <summary>Actions that were taken.</summary>
    public static Column Actions(NetworkSpec spec) => new("actions", spec.ActionSpace.Size, RowSpace.Rows);

    /// <summary>Parameters of the distributions of the policy that updates must stay close to.</summary>
    public static Column OldDistributions(NetworkSpec spec) => new("old_distributions", spec.DistributionSize, RowSpace.Rows);

    /// <summary>Core state before the first step.</summary>
    public static Column InitialCoreState(NetworkSpec spec) => new("initial_core_state", spec.CoreStateSize, RowSpace.Sequences);
}

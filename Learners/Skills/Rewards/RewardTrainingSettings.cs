using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Programs;
using Learners.Auxiliary;

namespace Learners.Skills;

/// <summary>
/// Settings of the reward network of a discovery, and of how it learns between two skills: it is to say c of where exploration came to after the present
/// skill, and −c of what this and earlier skills visit (Meier and Mujika 2022, arXiv 2202.08266). Immutable.
/// </summary>
public sealed record RewardTrainingSettings
{
    /// <summary>Layers of the reward network, which reads raw observations.</summary>
    /// <value>Default one layer of 87 units with tanh, behind convolutions for images.</value>
    public NetworkSettings Network { get; init; } = new() { HiddenSizes = [87], Activation = Activation.Tanh };

    /// <summary>Target c, and the most that a step is paid.</summary>
    /// <value>Above 0, to 1e6. Default 1.</value>
    [Range(1e-9f, 1e6f)]
    public float Target { get; init; } = 1;

    /// <summary>Factor of what is paid, for agents whose step sizes suit other rewards.</summary>
    /// <value>0 to 1e6. Default 1.</value>
    [Range(0f, 1e6f)]
    public float Weight { get; init; } = 1;

    /// <summary>Steps of the optimiser between two skills.</summary>
    /// <value>1 to 10,000,000. Default 500.</value>
    [Range(1, 10_000_000)]
    public int Updates { get; init; } = 500;

    /// <summary>Samples of each kind in a step: positive, negative, old negative.</summary>
    /// <value>1 to 1,000,000. Default 64.</value>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 64;

    /// <summary>Step size of Adam, whose means are kept from skill to skill.</summary>
    /// <value>0 to 10. Default 1e-3.</value>
    [Range(0f, 10f)]
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Whether present and old negatives share one mean in the loss; else each has its own, and they weigh twice as much.</summary>
    /// <value>Default true.</value>
    public bool SharedMean { get; init; } = true;

    /// <summary>Whether old negatives take part; without them rewards come back to what earlier skills did.</summary>
    /// <value>Default true.</value>
    public bool OldNegatives { get; init; } = true;

    /// <summary>Whether negatives of the present skill have a part of their own; they are among the old ones in any case.</summary>
    /// <value>Default true.</value>
    public bool PresentNegatives { get; init; } = true;

    /// <summary>The observation that a step is paid for.</summary>
    /// <value>Default next: the one that the action led to.</value>
    public RewardedObservation Reads { get; init; } = RewardedObservation.Next;

    /// <summary>Weight of the entropy in steps that are paid, beside the agent's own.</summary>
    /// <value>0 to 10. Default 0.</value>
    [Range(0f, 10f)]
    public float PaidEntropyCoefficient { get; init; }
}

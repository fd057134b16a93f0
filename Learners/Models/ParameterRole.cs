namespace Learners.Models;

/// <summary>What parameters of a model are wanted for.</summary>
internal enum ParameterRole
{
    /// <summary>Those that gradients are computed at.</summary>
    Learned,

    /// <summary>Those that actors act with: the target network's where there is one that acts, else the learned ones.</summary>
    Acting,

    /// <summary>Those that are evaluated and saved: slow weights where the optimiser has some, and values in the task's units.</summary>
    Evaluated,
}

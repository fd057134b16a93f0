namespace Environments.GridWorld;

/// <summary>What a layout makes of a step.</summary>
public enum MiniGridOutcome
{
    /// <summary>The episode goes on.</summary>
    Undecided,

    /// <summary>The task is done: reward and termination.</summary>
    Success,

    /// <summary>The task has failed: termination without reward.</summary>
    Failure,
}

namespace Agents.Policies;

/// <summary>How an action is taken from its distribution.</summary>
public enum ActionSelection
{
    /// <summary>Draw it: the behaviour policy of training.</summary>
    Sample,

    /// <summary>Take the most probable one.</summary>
    Mode,
}

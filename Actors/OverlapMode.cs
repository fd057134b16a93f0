namespace Actors;

/// <summary>Whether copies that another process steps are two halves, of which one is stepped while the policy acts for the other.</summary>
public enum OverlapMode
{
    /// <summary>
    /// Two halves, each with a process or stream of its own, where another process steps the environment, there are two copies, and no
    /// layer computes with all copies at once, as normalisation does; else one batch. Results are the same numbers.
    /// </summary>
    Auto,

    /// <summary>One batch: the policy waits for every step.</summary>
    Off,
}

namespace Chaos.Fuzzing;

/// <summary>How a drawn case ended.</summary>
internal enum FuzzOutcome
{
    /// <summary>It trained, evaluated and saved.</summary>
    Trained,

    /// <summary>Everything was made and saved, but no step was taken, since they would have taken too long.</summary>
    Started,

    /// <summary>It trained until its numbers were finite no longer, and said so.</summary>
    Diverged,

    /// <summary>A settings error said what is wrong.</summary>
    Refused,

    /// <summary>Anything else: another exception, no end, or a wrong value that was taken.</summary>
    Failed,
}

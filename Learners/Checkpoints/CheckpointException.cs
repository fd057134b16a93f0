namespace Learners.Checkpoints;

/// <summary>A checkpoint cannot be loaded or written. The message says which one, why, and what to do.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>An error described by <paramref name="message"/>.</summary>
    public CheckpointException(string message)
        : base(message) { }

    /// <summary>An error with its cause.</summary>
    public CheckpointException(string message, Exception cause)
        : base(message, cause) { }
}

namespace Actors.Fleet;

/// <summary>The learner turned the actor away for good, or cannot be reached; the message says why.</summary>
public sealed class ActorRejectedException : Exception
{
    /// <summary>An exception with a message.</summary>
    public ActorRejectedException(string message)
        : base(message) { }

    /// <summary>An exception with a message and a cause.</summary>
    public ActorRejectedException(string message, Exception innerException)
        : base(message, innerException) { }
}

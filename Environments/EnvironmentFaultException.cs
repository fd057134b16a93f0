namespace Environments;

/// <summary>An environment broke its contract while it ran, for example with a reward that is no number.</summary>
public sealed class EnvironmentFaultException : Exception
{
    /// <summary>A fault described by <paramref name="message"/>: which environment, which step, what it did.</summary>
    public EnvironmentFaultException(string message)
        : base(message) { }

    /// <summary>A fault with what caused it.</summary>
    /// <param name="message">Which environment, which step, what it did.</param>
    /// <param name="cause">What the environment threw; null where it threw nothing.</param>
    public EnvironmentFaultException(string message, Exception? cause)
        : base(message, cause) { }

    /// <summary>Number of the copy within its batch, from 0; null where that is not known apart from the message.</summary>
    public int? Copy { get; init; }

    /// <summary>Number of the copy's episode since the batch was reset, from 1; 0 before the first one. Null where that is not known apart from the message.</summary>
    public int? Episode { get; init; }

    /// <summary>Number of the step within the episode, from 1; 0 in a reset. Null where that is not known apart from the message.</summary>
    public int? Step { get; init; }

    /// <summary>Where it happened in the code of another language; empty where it happened in this one.</summary>
    public string RemoteTraceback { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() =>
        RemoteTraceback.Length == 0 ? base.ToString() : $"{base.ToString()}{Environment.NewLine}{RemoteTraceback}";
}

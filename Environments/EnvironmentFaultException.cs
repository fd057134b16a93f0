namespace Environments;

/// <summary>An environment broke its contract while it ran, for example with a reward that is no number.</summary>
public sealed class EnvironmentFaultException : Exception
{
    /// <summary>A fault described by <paramref name="message"/>: which environment, which step, what it did.</summary>
    public EnvironmentFaultException(string message)
        : base(message) { }

    /// <summary>Where it happened in the code of another language; empty where it happened in this one.</summary>
    public string RemoteTraceback { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() =>
        RemoteTraceback.Length == 0 ? base.ToString() : $"{base.ToString()}{Environment.NewLine}{RemoteTraceback}";
}

namespace Environments;

/// <summary>An id from a file or message asks for a Python module or a server that the user has not allowed. Nothing was imported or called.</summary>
public sealed class EnvironmentNotAllowedException : Exception
{
    /// <summary>An error described by <paramref name="message"/>: what was asked for, and how to allow it.</summary>
    public EnvironmentNotAllowedException(string message)
        : base(message) { }
}

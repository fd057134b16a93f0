namespace Environments;

/// <summary>An id sets an option to something impossible. The message names the option's range and default.</summary>
public sealed class InvalidOptionException : ArgumentException
{
    /// <summary>An error described by <paramref name="message"/>.</summary>
    public InvalidOptionException(string message)
        : base(message) { }
}

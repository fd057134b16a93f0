namespace Environments;

/// <summary>Something was asked for by a name that nobody registered. The message suggests the nearest one.</summary>
public sealed class UnknownNameException : ArgumentException
{
    /// <summary>An error described by <paramref name="message"/>.</summary>
    public UnknownNameException(string message)
        : base(message) { }
}

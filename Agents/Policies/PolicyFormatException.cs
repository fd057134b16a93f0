namespace Agents.Policies;

/// <summary>A folder holds no saved policy that can be loaded. The message says what is wrong and how to fix it.</summary>
public sealed class PolicyFormatException : Exception
{
    /// <summary>An error described by <paramref name="message"/>.</summary>
    public PolicyFormatException(string message)
        : base(message) { }

    /// <summary>An error with its cause.</summary>
    public PolicyFormatException(string message, Exception cause)
        : base(message, cause) { }
}

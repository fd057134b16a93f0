namespace Agents.Yaml;

/// <summary>A setting is unknown, has the wrong type or is out of range. The message names the key, the rule and the fix.</summary>
public sealed class SettingsException : Exception
{
    /// <summary>An error described by <paramref name="message"/>.</summary>
    public SettingsException(string message)
        : base(message) { }

    /// <summary>An error with its cause.</summary>
    public SettingsException(string message, Exception cause)
        : base(message, cause) { }
}

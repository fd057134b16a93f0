using System.Globalization;

namespace Environments;

/// <summary>The values of an environment's options, given or default; all within their ranges.</summary>
public sealed class EnvironmentOptions
{
    private readonly Dictionary<string, string> _values;

    internal EnvironmentOptions(Dictionary<string, string> values) => _values = values;

    /// <summary>Value of an option declared by <see cref="EnvironmentOption.Integer"/>.</summary>
    public int Integer(string name) => int.Parse(Find(name), CultureInfo.InvariantCulture);

    /// <summary>Value of an option declared by <see cref="EnvironmentOption.Number"/>.</summary>
    public double Number(string name) => double.Parse(Find(name), CultureInfo.InvariantCulture);

    /// <summary>Value of an option declared by <see cref="EnvironmentOption.Word{TEnum}"/>.</summary>
    public TEnum Word<TEnum>(string name)
        where TEnum : struct, Enum => Enum.Parse<TEnum>(Find(name), ignoreCase: true);

    /// <summary>Value of an option declared by <see cref="EnvironmentOption.Flag"/>.</summary>
    public bool Flag(string name) => bool.Parse(Find(name));

    /// <summary>Value of an option declared by <see cref="EnvironmentOption.Interval"/>.</summary>
    public (double Low, double High) Interval(string name) =>
        EnvironmentOption.TryParseInterval(Find(name), out (double Low, double High) bounds)
            ? bounds
            : throw new ArgumentException($"The option '{name}' is no interval.", nameof(name));

    private string Find(string name) =>
        _values.TryGetValue(name, out string? value)
            ? value
            : throw new ArgumentException($"The option '{name}' was not declared. Known: {string.Join(", ", _values.Keys)}.");
}

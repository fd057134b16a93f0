using System.Globalization;

namespace Environments;

/// <summary>A dial of an environment, set behind its id: <c>Memory/Recall-v0?delay=20&amp;symbols=8</c>.</summary>
/// <remarks>Made by <see cref="Integer"/>, <see cref="Number"/>, <see cref="Interval"/>, <see cref="Flag"/> or <see cref="Word{TEnum}"/>; read by the registration through <see cref="EnvironmentOptions"/>.</remarks>
public sealed class EnvironmentOption
{
    private const string IntervalMark = "..";

    private readonly Func<string, string?> _canonical; // null for a text that is no value

    private EnvironmentOption(string name, string value, string range, string description, Func<string, string?> canonical)
    {
        if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterLower(letter) || letter == '_'))
        {
            throw new ArgumentException(
                $"'{name}' is no name of an option. Use lower-case letters and underscores.",
                nameof(name)
            );
        }
        _canonical = canonical;
        (Name, Range, Description) = (name, range, description);
        Default = Canonical(value) ?? throw new ArgumentException($"The default {name}={value} is not in its range: {range}.");
    }

    /// <summary>Key in the id: lower-case letters and underscores.</summary>
    public string Name { get; }

    /// <summary>Value where the id says nothing, as it would be written.</summary>
    public string Default { get; }

    /// <summary>Possible values in words, such as <c>1 to 100</c> or <c>easy, medium, hard</c>.</summary>
    public string Range { get; }

    /// <summary>What it changes, in one sentence.</summary>
    public string Description { get; }

    /// <summary>A whole number.</summary>
    /// <param name="name">Key.</param>
    /// <param name="value">Default.</param>
    /// <param name="low">Least possible value.</param>
    /// <param name="high">Greatest possible value.</param>
    /// <param name="description">One sentence.</param>
    public static EnvironmentOption Integer(string name, int value, int low, int high, string description) =>
        new(
            name,
            value.ToString(CultureInfo.InvariantCulture),
            FormattableString.Invariant($"{low} to {high}"),
            description,
            text =>
                int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
                && number >= low
                && number <= high
                    ? number.ToString(CultureInfo.InvariantCulture)
                    : null
        );

    /// <summary>A real number.</summary>
    /// <inheritdoc cref="Integer"/>
    public static EnvironmentOption Number(string name, double value, double low, double high, string description) =>
        new(
            name,
            value.ToString("R", CultureInfo.InvariantCulture),
            FormattableString.Invariant($"{low} to {high}"),
            description,
            text =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && number >= low
                && number <= high
                    ? number.ToString("R", CultureInfo.InvariantCulture)
                    : null
        );

    /// <summary>One of a set of words: the members of an enumeration in lower case.</summary>
    /// <param name="name">Key.</param>
    /// <param name="value">Default.</param>
    /// <param name="description">One sentence.</param>
    public static EnvironmentOption Word<TEnum>(string name, TEnum value, string description)
        where TEnum : struct, Enum
    {
        string[] words = [.. Enum.GetNames<TEnum>().Select(Lower)];
        return new(
            name,
            Lower(value.ToString()),
            string.Join(", ", words),
            description,
            text => Array.Find(words, word => word == Lower(text))
        );
    }

    /// <summary>Yes or no, written <c>true</c> or <c>false</c>.</summary>
    /// <param name="name">Key.</param>
    /// <param name="value">Default.</param>
    /// <param name="description">One sentence.</param>
    public static EnvironmentOption Flag(string name, bool value, string description) =>
        new(
            name,
            value ? "true" : "false",
            "true, false",
            description,
            text => bool.TryParse(text, out bool flag) ? (flag ? "true" : "false") : null
        );

    /// <summary>Two real numbers, the second no less than the first, written <c>0.2..1</c>; <c>-inf</c> and <c>inf</c> where there is no bound.</summary>
    /// <param name="name">Key.</param>
    /// <param name="low">Default of the first.</param>
    /// <param name="high">Default of the second.</param>
    /// <param name="description">One sentence.</param>
    public static EnvironmentOption Interval(string name, double low, double high, string description) =>
        new(
            name,
            $"{Bound(low)}{IntervalMark}{Bound(high)}",
            "low..high",
            description,
            text =>
                TryParseInterval(text, out (double Low, double High) bounds)
                    ? $"{Bound(bounds.Low)}{IntervalMark}{Bound(bounds.High)}"
                    : null
        );

    /// <summary>Reads what <see cref="Interval"/> writes.</summary>
    internal static bool TryParseInterval(string text, out (double Low, double High) bounds)
    {
        bounds = default;
        int mark = text.IndexOf(IntervalMark, StringComparison.Ordinal);
        return mark > 0
            && TryParseBound(text[..mark], out bounds.Low)
            && TryParseBound(text[(mark + IntervalMark.Length)..], out bounds.High)
            && bounds.Low <= bounds.High;
    }

    private static bool TryParseBound(string text, out double bound)
    {
        bound = text.TrimStart('-') == "inf" ? (text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity) : double.NaN;
        return double.IsInfinity(bound)
            || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out bound) && double.IsFinite(bound);
    }

    private static string Bound(double bound) =>
        double.IsInfinity(bound) ? (bound < 0 ? "-inf" : "inf") : bound.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The one way to write a value; null where the text is no value of this option.</summary>
    internal string? Canonical(string text) => _canonical(text);

    private static string Lower(string text) => text.ToLowerInvariant();
}

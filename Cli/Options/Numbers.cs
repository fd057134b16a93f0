using System.Globalization;
using Agents.Yaml;

namespace Cli.Options;

/// <summary>Numbers on the command line.</summary>
internal static class Numbers
{
    /// <exception cref="SettingsException">The text is no whole number in the range.</exception>
    public static ulong Parse(string option, string text, ulong low, ulong high) =>
        ulong.TryParse(
            text.Replace("_", "", StringComparison.Ordinal),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out ulong value
        )
        && value >= low
        && value <= high
            ? value
            : throw new SettingsException($"{option} is '{text}', but must be a whole number from {low} to {high}.");

    /// <exception cref="SettingsException">The text is no number in the range.</exception>
    public static double ParseReal(string option, string text, double low, double high) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= low && value <= high
            ? value
            : throw new SettingsException(
                string.Create(CultureInfo.InvariantCulture, $"{option} is '{text}', but must be a number from {low} to {high}.")
            );
}

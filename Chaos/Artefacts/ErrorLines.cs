using System.Text;

namespace Chaos.Artefacts;

/// <summary>Standard error of one command: keeps what is said, and tells when a certain text was.</summary>
internal sealed class ErrorLines(string? awaited, Action heard) : StringWriter
{
    /// <inheritdoc/>
    public override void WriteLine(string? value)
    {
        lock (this)
        {
            base.WriteLine(value);
        }
        if (awaited is { Length: > 0 } && value?.Contains(awaited, StringComparison.Ordinal) == true)
        {
            heard();
        }
    }

    /// <inheritdoc/>
    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    /// <summary>What was said so far, line by line.</summary>
    public string[] Lines()
    {
        lock (this)
        {
            return ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    /// <summary>Whether a line could be a command to a terminal, or would flood it.</summary>
    public static bool IsRaw(string line) => line.Length > LongestLine || line.EnumerateRunes().Any(Rune.IsControl);

    private const int LongestLine = 1_100;
}

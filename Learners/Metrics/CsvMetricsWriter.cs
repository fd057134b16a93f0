using System.Globalization;
using System.Text;

namespace Learners.Metrics;

/// <summary>Metrics as a table: one row per moment, one column per tag, empty where a tag was not measured.</summary>
internal sealed class CsvMetricsWriter : IMetricsWriter
{
    private const string StepsColumn = "env_steps";

    private readonly string[] _tags;
    private readonly double?[] _cells;
    private readonly StreamWriter _writer;
    private readonly StringBuilder _line = new();

    /// <summary>Opens a table.</summary>
    /// <param name="path">File; made with a header when it is not there.</param>
    /// <param name="tags">Columns.</param>
    /// <param name="resumeAfterSteps">When set, rows beyond this step are dropped, since the resumed run writes them again.</param>
    public CsvMetricsWriter(string path, IReadOnlyList<string> tags, long? resumeAfterSteps = null)
    {
        _tags = [.. tags];
        _cells = new double?[_tags.Length];
        string header = string.Join(',', [StepsColumn, .. _tags]);
        List<string> kept = [header];
        if (resumeAfterSteps is { } limit && File.Exists(path))
        {
            kept.AddRange(WholeLines(path).Skip(1).Where(line => IsWhole(line) && StepsOf(line) <= limit));
        }
        File.WriteAllText(path, string.Join('\n', kept) + '\n');
        _writer = new StreamWriter(path, append: true) { NewLine = "\n" };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tag is no column.</exception>
    public void Write(long environmentSteps, ReadOnlySpan<Metric> metrics)
    {
        Array.Clear(_cells);
        foreach (Metric metric in metrics)
        {
            int column = Array.IndexOf(_tags, metric.Tag);
            if (column < 0)
            {
                throw new ArgumentException(
                    $"The table has no column '{metric.Tag}'. Add it to the tags the table is opened with."
                );
            }
            _cells[column] = metric.Value;
        }
        _line.Clear().Append(environmentSteps);
        foreach (double? cell in _cells)
        {
            _line.Append(',');
            if (cell is { } value)
            {
                _line.Append(value.ToString("R", CultureInfo.InvariantCulture));
            }
        }
        _writer.WriteLine(_line);
    }

    /// <inheritdoc/>
    public void Flush() => _writer.Flush();

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    // A process that was killed may leave half a line, perhaps with all its commas: only a line break shows that it is complete.
    private static string[] WholeLines(string path)
    {
        string text = File.ReadAllText(path);
        return text[..(text.LastIndexOf('\n') + 1)].ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private bool IsWhole(string line) => line.Count(character => character == ',') == _tags.Length;

    private static long StepsOf(string line) =>
        long.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, out long steps) ? steps : long.MaxValue;
}

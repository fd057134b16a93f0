using System.Globalization;
using System.Text;
using Learners.Metrics;
using Learners.Runs;
using Protos.Foreign;

namespace Page.Runs;

/// <summary>What the end of a table of metrics tells, read without the rest of it.</summary>
/// <param name="Steps">Steps of the newest row, 0 before the first.</param>
/// <param name="Return">Newest mean return of training episodes; not a number where there is none.</param>
/// <param name="Speed">Newest steps per second; not a number where there is none.</param>
internal readonly record struct MetricsTail(long Steps, double Return, double Speed)
{
    private const int HeadBytes = 64 << 10;
    private const int TailBytes = 8 << 10;

    /// <summary>Nothing yet.</summary>
    public static MetricsTail None { get; } = new(0, double.NaN, double.NaN);

    /// <summary>Reads it; a last line that is torn is left out.</summary>
    /// <exception cref="InvalidDataException">The file is no table of metrics.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static MetricsTail Read(string folder)
    {
        using FileStream file = PlainFile.OpenIn(folder, RunFolder.MetricsName);
        string head = Text(file, 0, HeadBytes);
        int end = head.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0)
        {
            return head.Length < HeadBytes ? None : throw NoTable(file.Name);
        }
        string[] tags = head[..end].TrimEnd('\r').Split(',');
        if (!CsvMetricsWriter.FirstColumns.Contains(tags[0]))
        {
            throw NoTable(file.Name);
        }
        int tail = Math.Max(TailBytes, 8 * end); // some rows, also of a table with many columns
        long from = Math.Max(end + 1, file.Length - tail);
        string[] lines = Text(file, from, tail).Split('\n'); // the last one is empty or torn, the first one may be cut
        int first = from > end + 1 ? 1 : 0;
        string[][] rows =
        [
            .. lines[first..^1].Select(line => line.TrimEnd('\r').Split(',')).Where(row => row.Length == tags.Length),
        ];
        return rows.Length == 0
            ? None
            : new MetricsTail(
                long.TryParse(rows[^1][0], NumberStyles.None, CultureInfo.InvariantCulture, out long steps) ? steps : 0,
                Newest("charts/episodic_return"),
                Newest(tags[0] == CsvMetricsWriter.UpdatesColumn ? "charts/updates_per_second" : "charts/SPS")
            );

        double Newest(string tag)
        {
            int column = Array.IndexOf(tags, tag);
            string? cell = column < 0 ? null : Array.FindLast(rows, row => row[column].Length > 0)?[column];
            return double.TryParse(cell, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
        }
    }

    private static string Text(FileStream file, long from, int most)
    {
        var bytes = new byte[most];
        file.Seek(from, SeekOrigin.Begin);
        return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, most, throwOnEndOfStream: false));
    }

    private static InvalidDataException NoTable(string path) =>
        new(
            $"'{ForeignText.Show(path)}' is no table of metrics: its first line names none of {string.Join(", ", CsvMetricsWriter.FirstColumns)}."
        );
}

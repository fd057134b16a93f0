using System.Globalization;
using Environments;
using Protos.Foreign;

namespace Learners.Metrics;

/// <summary>A run's <c>metrics.csv</c>, read.</summary>
internal sealed class MetricsTable
{
    private readonly string _path;
    private readonly string[] _tags;
    private readonly List<string[]> _rows = [];

    private MetricsTable(string path, string[] tags)
    {
        _path = path;
        _tags = tags;
    }

    /// <summary>Names of the columns after the steps.</summary>
    public IEnumerable<string> Tags => _tags.Skip(1);

    /// <summary>Reads a table; a last line that is torn is left out.</summary>
    /// <exception cref="InvalidDataException">It was not written by <see cref="CsvMetricsWriter"/>.</exception>
    public static MetricsTable Read(string path)
    {
        MetricsTable? table = null;
        using FileStream file = PlainFile.OpenIn(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            if (table is null)
            {
                table = CsvMetricsWriter.FirstColumns.Contains(cells[0])
                    ? new MetricsTable(path, cells)
                    : throw new InvalidDataException(
                        $"'{path}' is no table of metrics: its first line names none of {string.Join(", ", CsvMetricsWriter.FirstColumns)}."
                    );
            }
            else if (cells.Length == table._tags.Length)
            {
                table._rows.Add(cells);
            }
        }
        return table ?? throw new InvalidDataException($"'{path}' is empty.");
    }

    /// <summary>The numbers of a column, and the environment steps at which they were written.</summary>
    /// <exception cref="InvalidDataException">There is no such column; the message names the nearest one.</exception>
    public (double[] Steps, double[] Values) Column(string tag)
    {
        int column = Array.IndexOf(_tags, tag);
        if (column < 1)
        {
            throw new InvalidDataException(
                $"'{_path}' has no column '{tag}'.{NearestName.Suggest(tag, Tags)} Known: {ForeignText.Show(string.Join(", ", Tags))}."
            );
        }
        string[][] filled = [.. _rows.Where(cells => cells[column].Length > 0)];
        return ([.. filled.Select(cells => Number(cells[0]))], [.. filled.Select(cells => Number(cells[column]))]);
    }

    private double Number(string cell) =>
        double.TryParse(cell, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new InvalidDataException($"'{_path}' holds '{ForeignText.Show(cell)}' where a number belongs.");
}

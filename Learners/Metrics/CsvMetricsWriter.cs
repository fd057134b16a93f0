using System.Globalization;
using System.Text;
using Environments;

namespace Learners.Metrics;

/// <summary>Writes curves as a table: one row per moment, one column per tag, <c>env_steps</c> first. Owns the file.</summary>
/// <remarks>
/// All tags are named up front, so that the header is complete from the first row on; what a row does not hold is an empty cell.
/// Numbers are written so that reading them gives the same bits, in no country's notation. Each row reaches the operating system
/// as it is written, so a run that dies leaves at most one torn line, the last.
/// </remarks>
internal sealed class CsvMetricsWriter : IMetricsWriter
{
    /// <summary>Name of the first column.</summary>
    public const string StepsColumn = "env_steps";

    /// <summary>Name of the first column of a run without an environment, whose steps are updates.</summary>
    public const string UpdatesColumn = "updates";

    /// <summary>Names that the first column may have.</summary>
    public static readonly IReadOnlyList<string> FirstColumns = [StepsColumn, UpdatesColumn];

    private readonly Dictionary<string, int> _columns = [];
    private readonly string _path;
    private readonly string _firstColumn;
    private string?[] _cells;
    private FileStream _file;

    /// <summary>Begins a table, or continues one.</summary>
    /// <param name="path">The file, usually <c>metrics.csv</c> of the run's folder, which is made when there is none.</param>
    /// <param name="tags">Every tag that may come, in the order of their columns.</param>
    /// <param name="resumeAfterSteps">
    /// Null to begin anew, over whatever is there. Else environment steps of the checkpoint that a resumed run continues from:
    /// later rows and a torn last line are dropped, and columns that the file has stay, before those that are new.
    /// </param>
    /// <param name="firstColumn">Name of the column of steps, one of <see cref="FirstColumns"/>.</param>
    /// <exception cref="ArgumentException">A tag is empty, comes twice, is <c>env_steps</c>, or holds a comma, quote or line break.</exception>
    /// <exception cref="InvalidDataException">The table to continue was not written by this class.</exception>
    /// <exception cref="IOException">The folder cannot be made, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public CsvMetricsWriter(
        string path,
        IReadOnlyList<string> tags,
        long? resumeAfterSteps = null,
        string firstColumn = StepsColumn
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tags);
        RequireTags(tags, firstColumn);
        (_path, _firstColumn) = (path, firstColumn);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);

        string[]? header = resumeAfterSteps is null ? null : ReadHeader(path, firstColumn);
        string[] columns = header is null ? [firstColumn, .. tags] : [.. header.Union(tags)];
        if (header is not null)
        {
            KeepRows(path, header.Length, columns, resumeAfterSteps.GetValueOrDefault());
        }
        NumberColumns(columns);
        _cells = new string?[columns.Length];
        _file = Open(path, header is null ? FileMode.Create : FileMode.Open);
        if (header is null)
        {
            WriteLine(columns);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tag was not named when the writer was made, or comes twice; nothing is written.</exception>
    public void Write(long environmentSteps, params ReadOnlySpan<Metric> metrics)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(environmentSteps);
        if (metrics.IsEmpty)
        {
            return;
        }
        Array.Clear(_cells);
        _cells[0] = environmentSteps.ToString(CultureInfo.InvariantCulture);
        foreach ((string tag, double value) in metrics)
        {
            if (!_columns.TryGetValue(tag, out int column))
            {
                throw new ArgumentException(
                    $"The table has no column '{tag}'.{NearestName.Suggest(tag, _columns.Keys)} "
                        + "Name every tag when the writer is made; the header cannot grow later.",
                    nameof(metrics)
                );
            }
            if (_cells[column] is not null)
            {
                throw new ArgumentException(
                    $"The row at {environmentSteps} steps holds '{tag}' twice; a row has one cell for it. Pass it once.",
                    nameof(metrics)
                );
            }
            _cells[column] = value.ToString("R", CultureInfo.InvariantCulture);
        }
        WriteLine(_cells);
    }

    /// <summary>Whether there is a column of a tag.</summary>
    public bool Has(string tag) => _columns.ContainsKey(tag);

    /// <summary>Adds columns behind those that there are, empty in all rows until now. The table is written anew, and readers never see half of it.</summary>
    /// <param name="tags">Their tags.</param>
    /// <exception cref="ArgumentException">A tag is none, or has a column already; the table is as it was.</exception>
    public void Widen(IReadOnlyList<string> tags)
    {
        string[] columns = [.. _columns.OrderBy(column => column.Value).Select(column => column.Key), .. tags];
        RequireTags([.. columns.Skip(1)], _firstColumn);
        _file.Dispose();
        try
        {
            KeepRows(_path, _columns.Count, columns, long.MaxValue);
            NumberColumns(columns);
            _cells = new string?[columns.Length];
        }
        finally
        {
            _file = Open(_path, FileMode.Open);
        }
    }

    /// <inheritdoc/>
    public void Flush() => _file.Flush();

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path, FileMode mode)
    {
        var file = new FileStream(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    private void NumberColumns(string[] columns)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            _columns[columns[i]] = i;
        }
    }

    private static void RequireTags(IReadOnlyList<string> tags, string firstColumn)
    {
        var seen = new HashSet<string> { firstColumn };
        foreach (string tag in tags)
        {
            if (string.IsNullOrEmpty(tag) || tag.AsSpan().ContainsAny(",\"\r\n"))
            {
                throw new ArgumentException(
                    $"The tag '{tag?.ReplaceLineEndings(" ")}' cannot head a column: it is empty or holds a comma, quote or line break. "
                        + "Name it like loss/policy.",
                    nameof(tags)
                );
            }
            if (!seen.Add(tag))
            {
                throw new ArgumentException(
                    $"Two columns would be called '{tag}'. Name each tag once, and none '{firstColumn}'.",
                    nameof(tags)
                );
            }
        }
    }

    /// <summary>Columns of a table, or null when there is none or only a torn header.</summary>
    private static string[]? ReadHeader(string path, string firstColumn)
    {
        if (!File.Exists(path) || WholeLines(path).FirstOrDefault() is not { } line)
        {
            return null;
        }
        string[] header = line.Split(',');
        return header[0] == firstColumn && header.Distinct().Count() == header.Length
            ? header
            : throw new InvalidDataException(
                $"'{path}' cannot be continued: its first line is no header that begins with '{firstColumn}' and names each column once. "
                    + "Move the file away, or resume the run it belongs to."
            );
    }

    /// <summary>Rewrites a table with its new columns and without rows after <paramref name="lastSteps"/>; readers never see half of it.</summary>
    private static void KeepRows(string path, int oldColumnCount, string[] columns, long lastSteps)
    {
        string rewritten = path + ".tmp";
        string added = new(',', columns.Length - oldColumnCount);
        using (var output = new StreamWriter(rewritten) { NewLine = "\n" })
        {
            output.WriteLine(string.Join(',', columns));
            int number = 1;
            foreach (string line in WholeLines(path).Skip(1))
            {
                number++;
                string[] cells = line.Split(',');
                if (
                    cells.Length != oldColumnCount
                    || !long.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out long steps)
                )
                {
                    throw new InvalidDataException(
                        $"'{path}' cannot be continued: line {number} is no row of {oldColumnCount} cells that begins with a number of steps. "
                            + "Delete the line, or move the file away."
                    );
                }
                if (steps <= lastSteps)
                {
                    output.WriteLine(line + added);
                }
            }
        }
        File.Move(rewritten, path, overwrite: true);
    }

    /// <summary>The lines that end in a line feed; what follows the last one was torn.</summary>
    private static IEnumerable<string> WholeLines(string path)
    {
        using var reader = new StreamReader(path);
        var line = new StringBuilder();
        for (int next = reader.Read(); next >= 0; next = reader.Read())
        {
            if (next != '\n')
            {
                line.Append((char)next);
                continue;
            }
            yield return line.ToString().TrimEnd('\r');
            line.Clear();
        }
    }

    private void WriteLine(string?[] cells)
    {
        long whole = _file.Position;
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(string.Join(',', cells) + "\n"));
        }
        catch
        {
            // Half a row on a full disk must not become the beginning of the next one.
            _file.SetLength(whole);
            _file.Seek(whole, SeekOrigin.Begin);
            throw;
        }
    }
}

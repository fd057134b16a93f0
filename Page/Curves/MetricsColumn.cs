using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Learners.Metrics;
using Learners.Runs;
using Protos.Foreign;

namespace Page.Curves;

/// <summary>One column of a run's table of metrics, read as it grows: only what was appended since, and all anew where the table was rewritten. Not thread-safe.</summary>
/// <remarks>
/// A run that is resumed drops rows, and one that measures something new adds columns; both write the table anew. It is noticed by the header and by the bytes
/// before the place up to which it was read.
/// </remarks>
/// <param name="folder">Folder of the run.</param>
/// <param name="metric">Name of the column.</param>
internal sealed class MetricsColumn(string folder, string metric)
{
    private const int ChunkBytes = 256 << 10;
    private const int SmallestChunk = 4 << 10;
    private const int LongestLine = 1 << 20;
    private const int MarkBytes = 64;

    private byte[] _header = [];
    private byte[] _mark = [];
    private long _offset;
    private int _column;
    private int _rate;
    private int _columns;
    private double _steps;
    private double _seconds;

    /// <summary>What was read so far.</summary>
    public Series Series { get; private set; } = new();

    /// <summary>Rows that were left out since they have another number of cells or no number where one belongs.</summary>
    public long DamagedRows { get; private set; }

    /// <summary>Whether the table has the column.</summary>
    public bool Exists => _column > 0;

    /// <summary>Bytes of rows that were read from the disk in all.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Memory in use, in bytes.</summary>
    public long SizeInBytes => Series.SizeInBytes + _header.Length + 512;

    /// <summary>Names of the columns of a table after that of the steps; none where the table has no header yet.</summary>
    /// <exception cref="InvalidDataException">The file is no table of metrics.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<string> Names(string folder)
    {
        using FileStream file = PlainFile.OpenIn(folder, RunFolder.MetricsName);
        return ReadHeader(file) is { } header ? Tags(header, file.Name)[1..] : [];
    }

    /// <summary>Reads what is new. A last line without its end is left for the next time.</summary>
    /// <exception cref="InvalidDataException">The file is no table of metrics.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Update()
    {
        using FileStream file = PlainFile.OpenIn(folder, RunFolder.MetricsName);
        if (!IsContinued(file))
        {
            Begin(file);
        }
        if (_header.Length > 0 && file.Length > _offset)
        {
            ReadRows(file);
        }
    }

    private bool IsContinued(FileStream file)
    {
        if (_header.Length == 0 || file.Length < _offset)
        {
            return false;
        }
        Span<byte> mark = stackalloc byte[MarkBytes];
        mark = mark[.._mark.Length];
        file.Seek(_offset - mark.Length, SeekOrigin.Begin);
        if (file.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false) < mark.Length || !mark.SequenceEqual(_mark))
        {
            return false;
        }
        var header = new byte[_header.Length];
        file.Seek(0, SeekOrigin.Begin);
        return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
            && header.AsSpan().SequenceEqual(_header);
    }

    private void Begin(FileStream file)
    {
        Series = new Series();
        (DamagedRows, _steps, _seconds) = (0, 0, 0);
        _header = ReadHeader(file) ?? [];
        _mark = _header.Length <= MarkBytes ? _header : _header[^MarkBytes..];
        _offset = _header.Length;
        if (_header.Length == 0)
        {
            return;
        }
        string[] tags = Tags(_header, file.Name);
        _columns = tags.Length;
        _column = Array.IndexOf(tags, metric);
        _rate = Array.IndexOf(tags, tags[0] == CsvMetricsWriter.UpdatesColumn ? "charts/updates_per_second" : "charts/SPS");
    }

    private void ReadRows(FileStream file)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(file.Length - _offset + 1, SmallestChunk, ChunkBytes));
        try
        {
            ReadRows(file, ref buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ReadRows(FileStream file, ref byte[] buffer)
    {
        int held = 0; // bytes of a line that has not ended
        file.Seek(_offset, SeekOrigin.Begin);
        while (true)
        {
            if (held == buffer.Length)
            {
                if (held >= LongestLine)
                {
                    throw new InvalidDataException(
                        $"'{ForeignText.Show(file.Name)}' has a line of more than {LongestLine} bytes, so it is no table of metrics."
                    );
                }
                byte[] larger = ArrayPool<byte>.Shared.Rent(2 * held);
                buffer.CopyTo(larger, 0);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
            int read = file.Read(buffer.AsSpan(held));
            if (read == 0)
            {
                return;
            }
            BytesRead += read;
            int end = held + read;
            int whole = buffer.AsSpan(0, end).LastIndexOf((byte)'\n') + 1;
            if (whole > 0)
            {
                AddRows(buffer.AsSpan(0, whole));
                _offset += whole;
                _mark = buffer.AsSpan(Math.Max(0, whole - MarkBytes), Math.Min(whole, MarkBytes)).ToArray();
            }
            held = end - whole;
            buffer.AsSpan(whole, held).CopyTo(buffer);
        }
    }

    private void AddRows(ReadOnlySpan<byte> lines)
    {
        while (lines.IndexOf((byte)'\n') is var end and >= 0)
        {
            ReadOnlySpan<byte> line = lines[..end].TrimEnd((byte)'\r');
            lines = lines[(end + 1)..];
            if (
                line.Count((byte)',') != _columns - 1
                || !TryNumber(Cell(line, 0), out double steps)
                || !double.IsFinite(steps)
                || !AddRow(line, steps)
            )
            {
                DamagedRows++;
            }
        }
    }

    private bool AddRow(ReadOnlySpan<byte> line, double steps)
    {
        _steps = Math.Max(_steps, steps);
        if (
            _rate > 0
            && TryNumber(Cell(line, _rate), out double rate)
            && _steps / rate is > 0 and < double.PositiveInfinity and var seconds
        )
        {
            _seconds = Math.Max(_seconds, seconds);
        }
        ReadOnlySpan<byte> cell = _column > 0 ? Cell(line, _column) : default;
        if (cell.IsEmpty)
        {
            return true;
        }
        if (!TryNumber(cell, out double value))
        {
            return false;
        }
        Series.Add(_steps, _seconds, value);
        return true;
    }

    private static ReadOnlySpan<byte> Cell(ReadOnlySpan<byte> line, int column)
    {
        for (; column > 0; column--)
        {
            line = line[(line.IndexOf((byte)',') + 1)..];
        }
        int end = line.IndexOf((byte)',');
        return end < 0 ? line : line[..end];
    }

    private static bool TryNumber(ReadOnlySpan<byte> cell, out double number) =>
        (Utf8Parser.TryParse(cell, out number, out int used) && used == cell.Length)
        || double.TryParse(cell, CultureInfo.InvariantCulture, out number);

    // Null where the header has not ended yet.
    private static byte[]? ReadHeader(FileStream file)
    {
        var buffer = new byte[(int)Math.Min(LongestLine, file.Length)];
        file.Seek(0, SeekOrigin.Begin);
        int read = 0;
        while (read < buffer.Length && file.Read(buffer, read, Math.Min(4_096, buffer.Length - read)) is var more and > 0)
        {
            if (buffer.AsSpan(read, more).IndexOf((byte)'\n') is var end and >= 0)
            {
                return buffer[..(read + end + 1)];
            }
            read += more;
        }
        return null;
    }

    private static string[] Tags(byte[] header, string path)
    {
        string[] tags = Encoding.UTF8.GetString(header).TrimEnd('\n').TrimEnd('\r').Split(',');
        return CsvMetricsWriter.FirstColumns.Contains(tags[0])
            ? tags
            : throw new InvalidDataException(
                $"'{ForeignText.Show(path)}' is no table of metrics: its first line names none of {string.Join(", ", CsvMetricsWriter.FirstColumns)}."
            );
    }
}

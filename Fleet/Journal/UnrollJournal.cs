using System.Buffers;
using System.Globalization;
using Fleet.Telemetry;
using Microsoft.Extensions.Logging;
using Protos;
using Protos.Fleet;
using Protos.Foreign;

namespace Fleet.Journal;

/// <summary>Keeps accepted unrolls on disk until what was learned from them is in a checkpoint. Owns its file. Thread-safe.</summary>
/// <remarks>
/// A record is handed to the operating system before its unroll is acknowledged, so it outlives a killed process, though not a power
/// cut within seconds. A new segment begins with every start and every checkpoint; segments older than the oldest kept checkpoint are
/// deleted unless they are to stay as a data set.
/// </remarks>
internal sealed class UnrollJournal : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly bool _keepAll;
    private readonly int _keptCheckpoints;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly object _lock = new();
    private readonly UnrollWriter _writer = new();
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Queue<long> _needed = new();
    private long? _beingSaved;
    private FileStream? _file;
    private long _wholeLength;
    private long? _failedAt;

    /// <summary>A journal in a folder, which is made with the first record.</summary>
    /// <param name="folder">Folder of the segments.</param>
    /// <param name="keepAll">Whether segments stay.</param>
    /// <param name="keptCheckpoints">Checkpoints that a resumed run may fall back to.</param>
    /// <param name="clock">Clock of receive times and retries.</param>
    /// <param name="log">Receives failures.</param>
    public UnrollJournal(string folder, bool keepAll, int keptCheckpoints, TimeProvider clock, ILogger log)
    {
        _folder = folder;
        _keepAll = keepAll;
        _keptCheckpoints = keptCheckpoints;
        _clock = clock;
        _log = log;
        Segment = JournalReader.List(folder) is [.., (long newest, _)] ? newest + 1 : 1;
    }

    /// <summary>Writes bytes to a file; tests put a full disk here.</summary>
    internal Action<FileStream, ReadOnlyMemory<byte>> WriteBytes { get; init; } = (file, bytes) => file.Write(bytes.Span);

    /// <summary>Folder of the segments.</summary>
    public string Folder => _folder;

    /// <summary>Segment that receives records now.</summary>
    public long Segment { get; private set; }

    /// <summary>Oldest segment that a resumed run may need.</summary>
    public long OldestNeeded { get; private set; }

    /// <summary>Bytes in all segments.</summary>
    public long Bytes => JournalReader.List(_folder).Sum(entry => new FileInfo(entry.Path).Length);

    /// <summary>Writes an unroll.</summary>
    /// <returns>Its segment; null when it could not be written: it is then not safe, and the segment is as before.</returns>
    public long? TryAppend(Unroll unroll)
    {
        lock (_lock)
        {
            if (_failedAt is { } failed && _clock.GetElapsedTime(failed) < Pause)
            {
                return null;
            }
            try
            {
                FileStream file = _file ??= Open();
                _buffer.ResetWrittenCount();
                JournalRecord.Write(unroll, _clock.GetUtcNow(), _writer, _buffer);
                WriteBytes(file, _buffer.WrittenMemory);
                _wholeLength += _buffer.WrittenCount;
                if (_failedAt is not null)
                {
                    _failedAt = null;
                    FleetLog.JournalRecovered(_log);
                }
                return Segment;
            }
            catch (Exception exception) when (DiskFailure.IsOne(exception))
            {
                if (_failedAt is null)
                {
                    FleetLog.JournalFailed(_log, exception.Message);
                }
                _failedAt = _clock.GetTimestamp();
                DropTornRecord();
                return null;
            }
        }
    }

    /// <summary>Begins a new segment, so that earlier ones can go once the state that is being saved is old enough.</summary>
    public void BeginSegment()
    {
        lock (_lock)
        {
            Close();
        }
    }

    /// <summary>Notes what the state that is being saved needs; asked after <see cref="BeginSegment"/>, lest what arrives meanwhile be missed.</summary>
    /// <param name="oldest">Oldest segment that holds something which is not learned from yet.</param>
    /// <returns>Oldest segment that a run resumed from this state needs.</returns>
    public long Need(long oldest)
    {
        lock (_lock)
        {
            long needed = Math.Min(oldest, Segment);
            _beingSaved = needed;
            return needed;
        }
    }

    /// <summary>Deletes what no kept checkpoint needs; called when the state saved last is safe.</summary>
    public void Prune()
    {
        lock (_lock)
        {
            if (_beingSaved is { } needed)
            {
                _needed.Enqueue(needed); // a checkpoint that could not be written needs nothing
                _beingSaved = null;
            }
            while (_needed.Count > _keptCheckpoints)
            {
                _needed.Dequeue();
            }
            if (_needed.Count < _keptCheckpoints)
            {
                return;
            }
            OldestNeeded = _needed.Min();
            foreach ((long number, string path) in _keepAll ? [] : JournalReader.List(_folder))
            {
                if (number < OldestNeeded)
                {
                    File.Delete(path);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            Close();
        }
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, Segment.ToString("D8", CultureInfo.InvariantCulture) + JournalReader.Extension);
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            file.Write(JournalRecord.Magic);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
        _wholeLength = JournalRecord.Magic.Length;
        return file;
    }

    private void DropTornRecord()
    {
        try
        {
            _file?.SetLength(_wholeLength);
            _file?.Seek(_wholeLength, SeekOrigin.Begin);
        }
        catch (Exception exception) when (DiskFailure.IsOne(exception))
        {
            Close(); // readers stop at the torn record; what follows goes into a segment of its own
        }
    }

    private void Close()
    {
        if (_file is not null)
        {
            _file.Dispose();
            _file = null;
            Segment++;
        }
    }
}

using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Protos.TensorBoard;

namespace Learners.Metrics;

/// <summary>Writes curves for TensorBoard: one event file, kept open and buffered. Owns the file.</summary>
/// <remarks>
/// A record is <c>[length, 8 bytes] [check of the length, 4] [event, length bytes] [check of the event, 4]</c>, little-endian,
/// each check a masked CRC-32C. A resumed run opens a second file in the same folder; TensorBoard shows both as one run.
/// </remarks>
internal sealed class TensorBoardWriter : IMetricsWriter
{
    private const int FrameHead = sizeof(ulong) + sizeof(uint);
    private const int FrameTail = sizeof(uint);
    private const int BufferSizeInBytes = 64 * 1024;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly FileStream _file;
    private byte[] _frame = new byte[1024];
    private long _lastFlush;

    /// <summary>Opens a new event file; the folder is made when there is none.</summary>
    /// <param name="folder">Where the file goes; files already there stay untouched.</param>
    /// <param name="time">Clock of the wall times and of flushing; null for the system's.</param>
    /// <param name="resumeAfterSteps">
    /// Environment steps of the checkpoint that a resumed run continues from: TensorBoard then forgets later points of the
    /// earlier files. Null for a new run.
    /// </param>
    /// <exception cref="IOException">The folder cannot be made, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public TensorBoardWriter(string folder, TimeProvider? time = null, long? resumeAfterSteps = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _time = time ?? TimeProvider.System;
        _file = Open(folder, _time.GetUtcNow());
        Append(new Event { FileVersion = "brain.Event:2" });
        if (resumeAfterSteps is { } steps)
        {
            var start = new SessionLog { Status = SessionLog.Types.SessionStatus.Start };
            Append(new Event { Step = steps + 1, SessionLog = start });
        }
        Flush();
    }

    /// <summary>The event file.</summary>
    public string FilePath => _file.Name;

    /// <inheritdoc/>
    /// <remarks>Values are stored as float32. Flushes when the last flush is 10 seconds or more ago.</remarks>
    public void Write(long environmentSteps, params ReadOnlySpan<Metric> metrics)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(environmentSteps);
        if (metrics.IsEmpty)
        {
            return;
        }
        var summary = new Summary();
        foreach (Metric metric in metrics)
        {
            summary.Value.Add(new Summary.Types.Value { Tag = metric.Tag, SimpleValue = (float)metric.Value });
        }
        Append(new Event { Step = environmentSteps, Summary = summary });
        if (_time.GetElapsedTime(_lastFlush) >= FlushInterval)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        _file.Flush();
        _lastFlush = _time.GetTimestamp();
    }

    /// <summary>Flushes and closes the file.</summary>
    public void Dispose() => _file.Dispose();

    // The usual name ends in the host's name, which is nobody's business; the number keeps files of the same second apart.
    private static FileStream Open(string folder, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        string stem = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{now.ToUnixTimeSeconds():D10}.agents");
        for (int number = 0; ; number++)
        {
            string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{stem}.{number}"));
            try
            {
                return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferSizeInBytes);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Taken: by an earlier writer, or by another one just now.
            }
        }
    }

    private void Append(Event record)
    {
        record.WallTime = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        int length = record.CalculateSize();
        int frameLength = FrameHead + length + FrameTail;
        if (_frame.Length < frameLength)
        {
            _frame = new byte[2 * frameLength];
        }
        Span<byte> frame = _frame.AsSpan(0, frameLength);
        Span<byte> content = frame.Slice(FrameHead, length);
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[sizeof(ulong)..], Crc32C.ComputeMasked(frame[..sizeof(ulong)]));
        record.WriteTo(content);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[(FrameHead + length)..], Crc32C.ComputeMasked(content));
        _file.Write(frame);
    }
}

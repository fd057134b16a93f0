using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Protos.TensorBoard;

namespace Learners.Metrics;

/// <summary>Scalars as a TensorBoard event file that stays open. Needs no tensor library.</summary>
/// <remarks>
/// A record is its length, the masked CRC-32C of the length, the event, and the masked CRC-32C of the event, little-endian. A
/// resumed run adds a file to its folder, and TensorBoard shows the later file's numbers from its first step on.
/// </remarks>
internal sealed class TensorBoardWriter : IMetricsWriter
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock;
    private readonly FileStream _file;
    private long _lastFlush;

    /// <summary>Creates an event file.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="clock">Clock of the events.</param>
    public TensorBoardWriter(string folder, TimeProvider clock)
    {
        _clock = clock;
        _lastFlush = clock.GetTimestamp();
        string seconds = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string path = Path.Combine(folder, $"events.out.tfevents.{seconds}.agents");
        for (int i = 1; File.Exists(path); i++)
        {
            path = Path.Combine(folder, $"events.out.tfevents.{seconds}.agents.{i}");
        }
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        WriteRecord(new Event { FileVersion = "brain.Event:2" });
    }

    /// <inheritdoc/>
    public void Write(long environmentSteps, ReadOnlySpan<Metric> metrics)
    {
        var summary = new Summary();
        foreach (Metric metric in metrics)
        {
            summary.Value.Add(new Summary.Types.Value { Tag = metric.Tag, SimpleValue = (float)metric.Value });
        }
        WriteRecord(new Event { Step = environmentSteps, Summary = summary });
        if (_clock.GetElapsedTime(_lastFlush) >= FlushInterval)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        _file.Flush();
        _lastFlush = _clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void WriteRecord(Event record)
    {
        record.WallTime = (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        byte[] data = record.ToByteArray();
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Crc32C.Mask(Crc32C.Compute(header[..8])));
        Span<byte> footer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, Crc32C.Mask(Crc32C.Compute(data)));
        _file.Write(header);
        _file.Write(data);
        _file.Write(footer);
    }
}

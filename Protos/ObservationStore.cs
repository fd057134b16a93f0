using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Protos;

/// <summary>The observations of an unroll, <c>[T + 1, B]</c>, as floats or bytes, whole or as the single frames of a stack. Owns its memory.</summary>
/// <remarks>
/// A stack of k frames repeats each frame k times; kept once, 20 steps of four 84 × 84 frames are 3.3 times smaller. With k = 3, a
/// start of an episode at step 2, and history from before step 0 (frames are <c>[k − 1 + T + 1, B, FrameSize]</c>):
/// <code>
/// frame kept       h0  h1 | 0  1  2  3
/// observation 0    h0 h1 0      observation 2    2 2 2
/// observation 1    h1 0 1       observation 3    2 2 3
/// </code>
/// </remarks>
public sealed class ObservationStore
{
    private readonly int _copies;
    private readonly byte[] _frames;
    private float[] _whole = [];

    /// <summary>Room for the observations of <paramref name="steps"/> + 1 steps.</summary>
    /// <param name="format">What a frame is.</param>
    /// <param name="steps">T.</param>
    /// <param name="copies">B.</param>
    public ObservationStore(ObservationFormat format, int steps, int copies)
    {
        Format = format;
        Steps = steps;
        _copies = copies;
        if (IsPlain)
        {
            _whole = new float[(steps + 1) * copies * format.FrameSize];
            _frames = [];
        }
        else
        {
            _frames = new byte[checked((format.Frames + steps) * copies * format.FrameBytes)];
        }
    }

    /// <summary>What a frame is.</summary>
    public ObservationFormat Format { get; }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>Whether the memory holds whole observations of floats, as networks read them.</summary>
    public bool IsPlain => Format is { Frames: 1, IsBytes: false };

    /// <summary>All memory as little-endian bytes: frames from before step 0, <c>[k − 1, B]</c>, then those of steps 0 to T.</summary>
    public Span<byte> Bytes => IsPlain ? MemoryMarshal.AsBytes(_whole.AsSpan()) : _frames;

    /// <summary>Keeps what the environments show at a step.</summary>
    /// <param name="t">Step, 0 to T; 0 also fills the history.</param>
    /// <param name="observations">Of some or all copies, <c>[n, ObservationSize]</c>.</param>
    /// <param name="first">Copy of the first row.</param>
    public void Write(int t, ReadOnlySpan<float> observations, int first = 0)
    {
        int size = Format.ObservationSize;
        if (IsPlain)
        {
            observations.CopyTo(_whole.AsSpan((t * _copies + first) * size));
            return;
        }
        int count = observations.Length / size;
        for (int b = 0; b < count; b++)
        {
            ReadOnlySpan<float> observation = observations.Slice(b * size, size);
            for (int frame = t == 0 ? 0 : Format.Frames - 1; frame < Format.Frames; frame++)
            {
                Encode(observation.Slice(frame * Format.FrameSize, Format.FrameSize), FrameAt(t + frame, first + b));
            }
        }
    }

    /// <summary>Takes over the observations of another store's copies.</summary>
    /// <param name="source">Of the same format and steps.</param>
    /// <param name="first">Copy here that the source's first one becomes.</param>
    public void CopyFrom(ObservationStore source, int first)
    {
        int length = source._copies * Format.FrameBytes;
        int stride = _copies * Format.FrameBytes;
        ReadOnlySpan<byte> from = source.Bytes;
        Span<byte> to = Bytes[(first * Format.FrameBytes)..];
        for (; from.Length > length; from = from[length..], to = to[stride..])
        {
            from[..length].CopyTo(to);
        }
        from.CopyTo(to);
    }

    /// <summary>Whole observations of all steps, <c>[T + 1, B, ObservationSize]</c>; the store's own array, valid until the next write.</summary>
    /// <param name="episodeStarts">Where a stack begins anew, <c>[T + 1, B]</c>.</param>
    public float[] Read(ReadOnlySpan<bool> episodeStarts)
    {
        if (IsPlain)
        {
            return _whole;
        }
        int size = Format.ObservationSize;
        if (_whole.Length == 0)
        {
            _whole = new float[(Steps + 1) * _copies * size];
        }
        for (int t = 0; t <= Steps; t++)
        {
            for (int b = 0; b < _copies; b++)
            {
                Read(t, b, episodeStarts, _whole.AsSpan((t * _copies + b) * size, size));
            }
        }
        return _whole;
    }

    /// <summary>The observation with which an episode closed: the stack of its last step, moved on by one frame.</summary>
    /// <param name="row">Row t × B + b of the last step.</param>
    /// <param name="frame">The final frame, as bytes of the format.</param>
    /// <param name="episodeStarts"><c>[T + 1, B]</c>.</param>
    /// <param name="observation">Destination, <c>[ObservationSize]</c>.</param>
    public void ReadFinal(int row, ReadOnlySpan<byte> frame, ReadOnlySpan<bool> episodeStarts, Span<float> observation)
    {
        if (Format.Frames > 1)
        {
            Read(row / _copies, row % _copies, episodeStarts, observation);
            observation[Format.FrameSize..].CopyTo(observation);
        }
        Decode(frame, observation[^Format.FrameSize..]);
    }

    /// <summary>Writes a frame as bytes of the format.</summary>
    /// <exception cref="ArgumentException">The format is of bytes, and a number is none: what is learned from would differ from what was acted on.</exception>
    public void Encode(ReadOnlySpan<float> frame, Span<byte> bytes)
    {
        if (Format.IsBytes)
        {
            int fault = ByteRows.Narrow(frame, bytes);
            if (fault >= 0)
            {
                throw new ArgumentException(
                    $"Element {fault} of a frame is {frame[fault]}, but frames are kept as bytes, which hold whole numbers from 0 to 255. Correct what wrote it, or give its space real numbers."
                );
            }
        }
        else
        {
            MemoryMarshal.AsBytes(frame).CopyTo(bytes);
        }
    }

    private void Read(int t, int b, ReadOnlySpan<bool> episodeStarts, Span<float> observation)
    {
        int start = t;
        int oldest = t - Format.Frames + 1;
        while (start > oldest && !(start >= 0 && episodeStarts[start * _copies + b]))
        {
            start--;
        }
        for (int i = 0; i < Format.Frames; i++)
        {
            int step = Math.Max(start, oldest + i);
            Decode(FrameAt(step + Format.Frames - 1, b), observation.Slice(i * Format.FrameSize, Format.FrameSize));
        }
    }

    private void Decode(ReadOnlySpan<byte> bytes, Span<float> frame)
    {
        if (Format.IsBytes)
        {
            TensorPrimitives.ConvertChecked<byte, float>(bytes, frame);
        }
        else
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(frame));
        }
    }

    // Frames are counted from the oldest history, so that step t is number t + k − 1.
    private Span<byte> FrameAt(int number, int b) =>
        _frames.AsSpan((number * _copies + b) * Format.FrameBytes, Format.FrameBytes);
}

using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Protos.Fleet;

/// <content>The arrays: each is copied once, from the transport's memory to its place, and checked there.</content>
internal ref partial struct UnrollReader
{
    private void ReadFloats(int field, int length, float[] values)
    {
        if (ReadExactly(field, length, MemoryMarshal.AsBytes(values.AsSpan())) && !AreFinite(values))
        {
            _defect = $"{NameOf(field)} holds a number that is not finite";
        }
    }

    private void ReadFrames(int field, int length, Span<byte> frames)
    {
        bool read = _isPacked ? Unpack(field, length, frames) : ReadExactly(field, length, frames);
        if (read && !_isBytes && !AreFinite(MemoryMarshal.Cast<byte, float>(frames)))
        {
            _defect = $"{NameOf(field)} holds a number that is not finite";
        }
    }

    private void ReadEnds(int field, int length, Unroll unroll)
    {
        Span<byte> ends = MemoryMarshal.AsBytes(unroll.Terminated.AsSpan());
        Span<byte> truncated = MemoryMarshal.AsBytes(unroll.Truncated.AsSpan());
        if (!ReadExactly(field, length, ends))
        {
            return;
        }
        byte all = 0;
        int finals = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            byte end = ends[i];
            all |= end;
            truncated[i] = (byte)(end >> 1 & 1);
            ends[i] = (byte)(end & 1);
            finals += end != 0 ? 1 : 0;
        }
        _finals = finals;
        if (all > (UnrollFields.Terminated | UnrollFields.Truncated))
        {
            _defect = $"{NameOf(field)} holds {all}, which is no combination of terminated and truncated";
        }
    }

    private void ReadFinalFrames(int field, int length, Unroll unroll)
    {
        if (!Has(UnrollFields.Ends))
        {
            _defect = "its final frames come before its ends";
            return;
        }
        int size = unroll.Shape.Observations.FrameBytes;
        byte[]? unpacked = null;
        if (_isPacked)
        {
            unpacked = ArrayPool<byte>.Shared.Rent(Math.Max(1, _finals * size));
            Unpack(field, length, unpacked.AsSpan(0, _finals * size));
        }
        else if (length != (long)_finals * size)
        {
            _defect = $"{NameOf(field)} has {length} bytes where {(long)_finals * size} belong";
        }
        for (int row = 0, final = 0; _defect is null && row < unroll.Rewards.Length; row++)
        {
            if (!(unroll.Terminated[row] | unroll.Truncated[row]))
            {
                continue;
            }
            Span<byte> frame = unroll.AddFinalFrame(row);
            if (unpacked is not null)
            {
                unpacked.AsSpan(final * size, size).CopyTo(frame);
            }
            else
            {
                Copy(frame);
            }
            if (!_isBytes && !AreFinite(MemoryMarshal.Cast<byte, float>(frame)))
            {
                _defect = $"{NameOf(field)} holds a number that is not finite";
            }
            final++;
        }
        if (unpacked is not null)
        {
            ArrayPool<byte>.Shared.Return(unpacked);
        }
    }

    private void ReadEpisodes(int field, int length, Unroll unroll)
    {
        int size = field == UnrollFields.EpisodeReturns ? sizeof(double) : sizeof(int);
        if (length != _episodes * size)
        {
            _defect = $"{NameOf(field)} has {length} bytes where {_episodes * size} belong";
            return;
        }
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        for (int i = 0; i < _episodes; i++)
        {
            Copy(bytes[..size]);
            if (field == UnrollFields.EpisodeReturns)
            {
                double value = BitConverter.ToDouble(bytes);
                unroll.AddEpisode(new CompletedEpisode(value, 0));
                _defect = double.IsFinite(value) ? _defect : $"{NameOf(field)} holds a number that is not finite";
            }
            else if (unroll.Episodes.Count == _episodes)
            {
                int steps = BitConverter.ToInt32(bytes);
                unroll.SetEpisodeLength(i, steps);
                _defect = steps > 0 ? _defect : $"{NameOf(field)} holds {steps}";
            }
            else
            {
                _defect = "its episode lengths come before its returns";
                return;
            }
        }
    }

    private void ReadMoments(int field, int length, Unroll unroll)
    {
        int size = unroll.Shape.Observations.ObservationSize;
        if (length != (1 + 2 * size) * sizeof(double))
        {
            _defect = $"{NameOf(field)} has {length} bytes where {(1 + 2 * size) * sizeof(double)} belong";
            return;
        }
        Span<double> moments = unroll.MakeObservationMoments(1 + 2 * size);
        Copy(MemoryMarshal.AsBytes(moments));
        // Rows are those after each step, and those after a reset once.
        double mostRows = (unroll.Steps + 1.0) * unroll.Copies;
        ReadOnlySpan<double> deviations = moments[(1 + size)..];
        if (
            !TensorPrimitives.IsFiniteAll<double>(moments)
            || moments[0] < 0
            || moments[0] > mostRows
            || TensorPrimitives.MaxMagnitude<double>(moments.Slice(1, size)) > float.MaxValue
            || TensorPrimitives.Min(deviations) < 0
            || TensorPrimitives.Max(deviations) > mostRows * float.MaxValue * float.MaxValue
        )
        {
            _defect = $"{NameOf(field)} is no count, means and squared deviations of at most {mostRows} rows";
        }
    }
}

using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Protos.Fleet;

/// <summary>Fills the arrays of an unroll from a message: each is copied once, from the transport's memory to its place, and checked there.</summary>
/// <param name="unroll">The unroll, cleared.</param>
/// <param name="claims">What the message said about it.</param>
internal struct UnrollArrays(Unroll unroll, UnrollClaims claims)
{
    private uint _seen;
    private int _finals;

    /// <summary>Reads the content of one field.</summary>
    /// <param name="field">Its number, of an array.</param>
    /// <param name="length">Its bytes, which are there.</param>
    /// <param name="source">Where they lie.</param>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public string? Read(int field, int length, ref WireSource source)
    {
        if (Has(field))
        {
            return $"its field {field} comes twice";
        }
        _seen |= Bit(field);
        return field switch
        {
            UnrollFields.FramesData => ReadFrames(field, length, ref source),
            UnrollFields.Actions => ReadFloats(field, length, unroll.Actions, ref source),
            UnrollFields.Rewards => ReadFloats(field, length, unroll.Rewards, ref source),
            UnrollFields.Ends => ReadEnds(field, length, ref source),
            UnrollFields.BehaviourLogProbs => ReadFloats(field, length, unroll.BehaviourLogProbs, ref source),
            UnrollFields.EpisodeStarts => ReadExactly(
                field,
                length,
                MemoryMarshal.AsBytes(unroll.EpisodeStarts.AsSpan()),
                ref source
            ),
            UnrollFields.InitialCoreState => ReadFloats(field, length, unroll.InitialCoreState, ref source),
            UnrollFields.FinalFrames => ReadFinalFrames(field, length, ref source),
            UnrollFields.EpisodeReturns or UnrollFields.EpisodeLengths => ReadEpisodes(field, length, ref source),
            _ => ReadMoments(field, length, ref source),
        };
    }

    /// <summary>What is wrong with all of them together; null where nothing is.</summary>
    public readonly string? Defect()
    {
        for (int field = UnrollFields.FramesData; field <= UnrollFields.EpisodeLengths; field++)
        {
            bool mayBeEmpty = field switch
            {
                UnrollFields.Actions => claims.ActionSize == 0,
                UnrollFields.InitialCoreState => claims.CoreStateSize == 0,
                UnrollFields.FinalFrames => _finals == 0,
                UnrollFields.EpisodeReturns or UnrollFields.EpisodeLengths => claims.Episodes == 0,
                _ => false,
            };
            if (!mayBeEmpty && !Has(field))
            {
                return $"{NameOf(field)} is missing";
            }
        }
        ReadOnlySpan<byte> starts = MemoryMarshal.AsBytes(unroll.EpisodeStarts.AsSpan());
        int copies = claims.Copies;
        for (int i = 0; i < starts.Length; i++)
        {
            bool ended = i >= copies && (unroll.Terminated[i - copies] | unroll.Truncated[i - copies]);
            if (starts[i] > 1 || (i >= copies && starts[i] != (ended ? 1 : 0)))
            {
                return $"its episodes do not start where they ended (row {i})";
            }
        }
        return null;
    }

    private readonly bool Has(int field) => (_seen & Bit(field)) != 0;

    private static uint Bit(int field) => 1u << (field - UnrollFields.FramesData);

    private static string? ReadExactly(int field, int length, Span<byte> destination, ref WireSource source)
    {
        if (length != destination.Length)
        {
            return $"{NameOf(field)} has {length} bytes where {destination.Length} belong";
        }
        source.Copy(destination);
        return null;
    }

    private static string? ReadFloats(int field, int length, float[] values, ref WireSource source) =>
        ReadExactly(field, length, MemoryMarshal.AsBytes(values.AsSpan()), ref source) ?? InfiniteDefect(field, values);

    private static string? Unpack(int field, int length, Span<byte> destination, ref WireSource source) =>
        source.TryUnpack(length, destination) ? null : $"{NameOf(field)} is no LZ4 block of {destination.Length} bytes";

    private readonly string? ReadFrames(int field, int length, ref WireSource source)
    {
        Span<byte> frames = unroll.Observations.Bytes;
        string? defect = claims.IsPacked
            ? Unpack(field, length, frames, ref source)
            : ReadExactly(field, length, frames, ref source);
        return defect ?? (claims.IsBytes ? null : InfiniteDefect(field, MemoryMarshal.Cast<byte, float>(frames)));
    }

    private string? ReadEnds(int field, int length, ref WireSource source)
    {
        Span<byte> ends = MemoryMarshal.AsBytes(unroll.Terminated.AsSpan());
        Span<byte> truncated = MemoryMarshal.AsBytes(unroll.Truncated.AsSpan());
        if (ReadExactly(field, length, ends, ref source) is { } defect)
        {
            return defect;
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
        return all > (UnrollFields.Terminated | UnrollFields.Truncated)
            ? $"{NameOf(field)} holds {all}, which is no combination of terminated and truncated"
            : null;
    }

    private readonly string? ReadFinalFrames(int field, int length, ref WireSource source)
    {
        if (!Has(UnrollFields.Ends))
        {
            return "its final frames come before its ends";
        }
        int size = unroll.Shape.Observations.FrameBytes;
        byte[]? unpacked = null;
        string? defect = null;
        if (claims.IsPacked)
        {
            unpacked = ArrayPool<byte>.Shared.Rent(Math.Max(1, _finals * size));
            defect = Unpack(field, length, unpacked.AsSpan(0, _finals * size), ref source);
        }
        else if (length != (long)_finals * size)
        {
            defect = $"{NameOf(field)} has {length} bytes where {(long)_finals * size} belong";
        }
        for (int row = 0, final = 0; defect is null && row < unroll.Rewards.Length; row++)
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
                source.Copy(frame);
            }
            defect = claims.IsBytes ? null : InfiniteDefect(field, MemoryMarshal.Cast<byte, float>(frame));
            final++;
        }
        if (unpacked is not null)
        {
            ArrayPool<byte>.Shared.Return(unpacked);
        }
        return defect;
    }

    private readonly string? ReadEpisodes(int field, int length, ref WireSource source)
    {
        int size = field == UnrollFields.EpisodeReturns ? sizeof(double) : sizeof(int);
        if (length != claims.Episodes * size)
        {
            return $"{NameOf(field)} has {length} bytes where {claims.Episodes * size} belong";
        }
        string? defect = null;
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        for (int i = 0; i < claims.Episodes; i++)
        {
            source.Copy(bytes[..size]);
            if (field == UnrollFields.EpisodeReturns)
            {
                double value = BitConverter.ToDouble(bytes);
                unroll.AddEpisode(new CompletedEpisode(value, 0));
                defect = double.IsFinite(value) ? defect : Infinite(field);
            }
            else if (unroll.Episodes.Count == claims.Episodes)
            {
                int steps = BitConverter.ToInt32(bytes);
                unroll.SetEpisodeLength(i, steps);
                defect = steps > 0 ? defect : $"{NameOf(field)} holds {steps}";
            }
            else
            {
                return "its episode lengths come before its returns";
            }
        }
        return defect;
    }

    private readonly string? ReadMoments(int field, int length, ref WireSource source)
    {
        int size = unroll.Shape.Observations.ObservationSize;
        if (length != (1 + 2 * size) * sizeof(double))
        {
            return $"{NameOf(field)} has {length} bytes where {(1 + 2 * size) * sizeof(double)} belong";
        }
        Span<double> moments = unroll.MakeObservationMoments(1 + 2 * size);
        source.Copy(MemoryMarshal.AsBytes(moments));
        // Rows are those after each step, and those after a reset once.
        double mostRows = (unroll.Steps + 1.0) * unroll.Copies;
        ReadOnlySpan<double> deviations = moments[(1 + size)..];
        return
            !TensorPrimitives.IsFiniteAll<double>(moments)
            || moments[0] < 0
            || moments[0] > mostRows
            || TensorPrimitives.MaxMagnitude<double>(moments.Slice(1, size)) > float.MaxValue
            || TensorPrimitives.Min(deviations) < 0
            || TensorPrimitives.Max(deviations) > mostRows * float.MaxValue * float.MaxValue
            ? $"{NameOf(field)} is no count, means and squared deviations of at most {mostRows} rows"
            : null;
    }

    private static string? InfiniteDefect(int field, ReadOnlySpan<float> values) =>
        values.IsEmpty || TensorPrimitives.IsFiniteAll(values) ? null : Infinite(field);

    private static string Infinite(int field) => $"{NameOf(field)} holds a number that is not finite";

    private static string NameOf(int field) =>
        field switch
        {
            UnrollFields.FramesData => "frames_data",
            UnrollFields.Actions => "actions",
            UnrollFields.Rewards => "rewards",
            UnrollFields.Ends => "ends",
            UnrollFields.BehaviourLogProbs => "behaviour_log_probs",
            UnrollFields.EpisodeStarts => "episode_starts",
            UnrollFields.InitialCoreState => "initial_core_state",
            UnrollFields.FinalFrames => "final_frames",
            UnrollFields.EpisodeReturns => "episode_returns",
            UnrollFields.EpisodeLengths => "episode_lengths",
            _ => "observation_moments",
        };
}

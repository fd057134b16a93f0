using System.Runtime.InteropServices;

namespace Protos;

/// <content>Puts the unrolls of several actors side by side.</content>
public sealed partial class Unroll
{
    private readonly List<(int Row, int Part, int Index)> _joined = [];

    /// <summary>Fills this unroll with others of the same kind, whose copies add up to its own.</summary>
    /// <param name="parts">Unrolls of as many steps; the copies of the first come first.</param>
    /// <param name="asInputs">
    /// Whether to keep what the network reads in place of observations, so that unrolls which hold either fit into this one of whole floats.
    /// </param>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    internal void Join(ReadOnlySpan<Unroll> parts, bool asInputs = false) => Join(parts, asInputs, takesState: true);

    /// <summary>Fills this unroll with another one of as many copies, and begins without a core state: for a network with a memory of its own.</summary>
    internal void JoinWithoutState(Unroll other)
    {
        Join([other], asInputs: false, takesState: false);
        Array.Clear(InitialCoreState);
    }

    private void Join(ReadOnlySpan<Unroll> parts, bool asInputs, bool takesState)
    {
        Clear();
        _joined.Clear();
        int first = 0;
        for (int part = 0; part < parts.Length; part++)
        {
            Unroll source = parts[part];
            UnrollShape shape = source.Shape with { Copies = Copies };
            shape = takesState ? shape : shape with { CoreStateSize = Shape.CoreStateSize };
            if (asInputs && Observations.IsPlain && shape.Observations.ObservationSize == Shape.Observations.ObservationSize)
            {
                shape = shape with { Observations = Shape.Observations };
            }
            if (shape != Shape || first + source.Copies > Copies)
            {
                throw new ArgumentException($"{source.Shape} does not fit into {Shape} from copy {first} on.", nameof(parts));
            }
            if (asInputs)
            {
                CopyInputs(source, first);
            }
            else
            {
                Observations.CopyFrom(source.Observations, first);
            }
            CopyColumns<float>(source.Actions, Actions, source.Copies, first, Shape.ActionSize);
            CopyColumns<float>(source.Rewards, Rewards, source.Copies, first, 1);
            CopyColumns<bool>(source.Terminated, Terminated, source.Copies, first, 1);
            CopyColumns<bool>(source.Truncated, Truncated, source.Copies, first, 1);
            CopyColumns<float>(source.BehaviourLogProbs, BehaviourLogProbs, source.Copies, first, 1);
            CopyColumns<bool>(source.EpisodeStarts, EpisodeStarts, source.Copies, first, 1);
            if (takesState)
            {
                source.InitialCoreState.CopyTo(InitialCoreState, first * Shape.CoreStateSize);
            }
            foreach (InputGroup group in asInputs ? [] : source._inputs)
            {
                AddReader(first + group.First, group.Copies, group.Transform);
            }
            for (int i = 0; i < source._finalRows.Count; i++)
            {
                (int t, int b) = Math.DivRem(source._finalRows[i], source.Copies);
                _joined.Add((t * Copies + first + b, part, i));
            }
            _episodes.AddRange(source._episodes);
            first += source.Copies;
        }
        if (first != Copies)
        {
            throw new ArgumentException($"{first} copies are too few; {Copies} are needed.", nameof(parts));
        }
        JoinFinals(parts, asInputs);
    }

    private void JoinFinals(ReadOnlySpan<Unroll> parts, bool asInputs)
    {
        _joined.Sort();
        int size = Shape.Observations.FrameBytes;
        foreach ((int row, int part, int index) in _joined)
        {
            Span<byte> final = AddFinalFrame(row);
            if (asInputs)
            {
                parts[part].ReadFinalInput(index, MemoryMarshal.Cast<byte, float>(final));
            }
            else
            {
                parts[part].FinalFrames.Slice(index * size, size).CopyTo(final);
            }
        }
    }

    private void CopyInputs(Unroll source, int first)
    {
        float[] buffer = [];
        float[] inputs = source.ReadInputs(ref buffer);
        int length = source.Copies * Shape.Observations.ObservationSize;
        for (int t = 0; t <= Steps; t++)
        {
            Observations.Write(t, inputs.AsSpan(t * length, length), first);
        }
    }

    // [rows, copies, size] into [rows, Copies, size] from a column on.
    private void CopyColumns<T>(ReadOnlySpan<T> source, Span<T> destination, int copies, int first, int size)
    {
        int length = copies * size;
        for (int from = 0, to = first * size; from < source.Length; from += length, to += Copies * size)
        {
            source.Slice(from, length).CopyTo(destination[to..]);
        }
    }
}

using System.Runtime.CompilerServices;

namespace Agents.Programs;

/// <summary>The arrays that a program computes in, and how many rows the current run has. Not thread-safe.</summary>
/// <param name="sources">Arrays, as <see cref="Slot.Source"/> counts them; the owner may put others in their places between runs.</param>
/// <param name="starts">First float of each.</param>
/// <param name="spaces">Row spaces.</param>
internal sealed class RunArrays(float[][] sources, int[] starts, int spaces)
{
    private readonly int[] _counts = new int[spaces];
    private unsafe float* _state; // while a run advances it
    private int _stateLength;

    /// <summary>Rows of each space in the current run.</summary>
    public Span<int> Counts => _counts;

    /// <summary>Number of the current run, for draws.</summary>
    public ulong Draw { get; set; }

    /// <summary>Says where <see cref="Slot.State"/> lies until it is said again; pinned by the caller meanwhile.</summary>
    public unsafe void SetState(float* state, int length)
    {
        _state = state;
        _stateLength = length;
    }

    /// <summary>Some rows of a value, or all of it where its size is constant.</summary>
    /// <param name="slot">Where the value lies.</param>
    /// <param name="first">First of the rows.</param>
    /// <param name="rows">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<float> Rows(Slot slot, int first, int rows)
    {
        int offset = slot.Offset + first * slot.Step;
        int size = slot.Size + rows * slot.PerRow;
        return slot.Source == Slot.State ? State(offset, size) : sources[slot.Source].AsSpan(starts[slot.Source] + offset, size);
    }

    /// <summary>All rows of a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<float> Whole(Slot slot) => Rows(slot, 0, _counts[slot.SpaceIndex]);

    private unsafe Span<float> State(int offset, int size) => new Span<float>(_state, _stateLength).Slice(offset, size);
}

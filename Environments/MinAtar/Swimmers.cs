using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Environments.MinAtar;

/// <summary>A list of <see cref="Swimmer"/>, oldest first, that behaves like the original's list of values.</summary>
/// <remarks>
/// At most one enemy appears per step, when it leaves the board again within 30 steps, and a submarine's bullets live ten steps: neither
/// the enemies nor their bullets reach the capacity.
/// </remarks>
internal struct Swimmers
{
    private const int Capacity = 32;

    private Items _items;

    public int Count { readonly get; private set; }

    public void Clear() => Count = 0;

    [UnscopedRef]
    public ref Swimmer this[int index] => ref _items[index];

    public void Add(in Swimmer swimmer)
    {
        _items[Count] = swimmer;
        Count++;
    }

    public void RemoveAt(int index)
    {
        Count--;
        for (int i = index; i < Count; i++)
        {
            _items[i] = _items[i + 1];
        }
    }

    /// <summary>Removes the oldest one that equals the one at <paramref name="index"/>, which may be older than that one.</summary>
    /// <returns>Where the given one is now; −1 if it was removed itself.</returns>
    public int RemoveEqual(int index)
    {
        int oldest = 0;
        while (_items[oldest] != _items[index])
        {
            oldest++;
        }
        RemoveAt(oldest);
        return oldest == index ? -1 : index - 1;
    }

    /// <summary>Removes the oldest one in a cell; false if there is none.</summary>
    public bool RemoveAt(int row, int column)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_items[i].IsAt(row, column))
            {
                RemoveAt(i);
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether one in a row moves in a direction.</summary>
    public readonly bool Any(int row, int step)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_items[i].Row == row && _items[i].Step == step)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Sets the cell of each in one channel, and the cell behind each in another one if that is given.</summary>
    public readonly void Paint(Span<float> cells, int channels, int channel, int? trailChannel = null)
    {
        for (int i = 0; i < Count; i++)
        {
            Swimmer swimmer = _items[i];
            cells[Board.Cell(swimmer.Row, swimmer.X) * channels + channel] = 1;
            if (trailChannel is { } trail && Board.Contains(swimmer.Behind))
            {
                cells[Board.Cell(swimmer.Row, swimmer.Behind) * channels + trail] = 1;
            }
        }
    }

    [InlineArray(Capacity)]
    private struct Items
    {
        private Swimmer _first;
    }
}

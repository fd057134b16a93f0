using System.Numerics;

namespace Fleet.Checks;

/// <summary>Between which numbers each element of a row lies, and which elements are whole; looks through many rows at once.</summary>
/// <typeparam name="T">Float, or byte for rows of bytes.</typeparam>
internal sealed class RowLimits<T>
    where T : unmanaged, INumber<T>
{
    // Short rows are repeated, so that vectors run over several of them.
    private const int TileLength = 256;

    private readonly T[] _low;
    private readonly T[] _high;
    private readonly bool[] _whole;
    private readonly bool _areSomeWhole;

    /// <summary>Limits of a row.</summary>
    /// <param name="low">Smallest values.</param>
    /// <param name="high">Largest values.</param>
    /// <param name="whole">Whether only whole numbers are allowed; empty for nowhere.</param>
    public RowLimits(ReadOnlySpan<T> low, ReadOnlySpan<T> high, ReadOnlySpan<bool> whole)
    {
        int rows = (TileLength + low.Length - 1) / low.Length;
        _low = Repeat(low, rows);
        _high = Repeat(high, rows);
        _areSomeWhole = whole.Contains(true);
        _whole = _areSomeWhole ? Repeat(whole, rows) : [];
    }

    /// <summary>Where the first number lies that is outside.</summary>
    /// <param name="rows">Whole rows, one after the other.</param>
    /// <returns>Its index; −1 where all are inside.</returns>
    public int FirstOutside(ReadOnlySpan<T> rows)
    {
        for (int start = 0; start < rows.Length; start += _low.Length)
        {
            ReadOnlySpan<T> tile = rows.Slice(start, Math.Min(_low.Length, rows.Length - start));
            int index = FirstOutsideTile(tile);
            if (index >= 0)
            {
                return start + index;
            }
        }
        return -1;
    }

    private int FirstOutsideTile(ReadOnlySpan<T> values)
    {
        int i = 0;
        for (; i + Vector<T>.Count <= values.Length; i += Vector<T>.Count)
        {
            var vector = new Vector<T>(values[i..]);
            if (
                !Vector.GreaterThanOrEqualAll(vector, new Vector<T>(_low, i))
                || !Vector.LessThanOrEqualAll(vector, new Vector<T>(_high, i))
            )
            {
                break;
            }
        }
        for (; i < values.Length; i++)
        {
            if (!(values[i] >= _low[i] && values[i] <= _high[i]))
            {
                return i;
            }
        }
        for (i = 0; _areSomeWhole && i < values.Length; i++)
        {
            if (_whole[i] && !T.IsInteger(values[i]))
            {
                return i;
            }
        }
        return -1;
    }

    private static TAny[] Repeat<TAny>(ReadOnlySpan<TAny> row, int count)
    {
        var rows = new TAny[row.Length * count];
        for (int i = 0; i < count; i++)
        {
            row.CopyTo(rows.AsSpan(i * row.Length));
        }
        return rows;
    }
}

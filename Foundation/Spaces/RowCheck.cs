using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Environments.Spaces;

/// <summary>Tells at the speed of reading which number of some rows their space cannot hold. Immutable.</summary>
/// <remarks>
/// Integers, bits and bytes must be whole numbers within their bounds: each names a row of weights or becomes a byte, and anything else would be
/// cast without a word. Real numbers must be finite only, since the bounds of real observations are often rough, and those of actions are the environment's business.
/// </remarks>
internal sealed class RowCheck
{
    private readonly Space _space;
    private readonly int _size;

    // Of each element of a row, or of one where all are alike.
    private readonly float[] _lows;
    private readonly float[] _highs;
    private readonly int[] _wholes; // all bits set where the number must be whole, else none

    private RowCheck(Space space, bool areActions)
    {
        _space = space;
        _size = space.Size;
        _lows = new float[_size];
        _highs = new float[_size];
        _wholes = new int[_size];
        Add(space, areActions, 0);
        if (IsUniform())
        {
            (_lows, _highs, _wholes) = (_lows[..1], _highs[..1], _wholes[..1]);
        }
    }

    /// <summary>Whether some numbers of a row must be whole.</summary>
    public bool HasWholeNumbers { get; private set; }

    /// <summary>The check of rows that an environment shows.</summary>
    public static RowCheck OfObservations(Space space) => new(space, areActions: false);

    /// <summary>The check of rows that an environment is given; a box may then be left, also one of bytes.</summary>
    public static RowCheck OfActions(Space space) => new(space, areActions: true);

    /// <summary>Numbers in a row.</summary>
    public int Size => _size;

    /// <summary>The first number that cannot be, as its index in <paramref name="rows"/>; −1 where all can.</summary>
    /// <param name="rows">Whole rows, one after the other.</param>
    public int FindFault(ReadOnlySpan<float> rows)
    {
        if (_lows.Length == 1)
        {
            return HoldsAll(rows, _lows[0], _highs[0], HasWholeNumbers) ? -1 : FaultIn(rows);
        }
        for (int first = 0; first < rows.Length; first += _size)
        {
            if (!HoldsRow(rows.Slice(first, _size)))
            {
                return FaultIn(rows);
            }
        }
        return -1;
    }

    /// <summary>Where a number stands and what belongs there: <c>element 3 of Box(…), which takes a whole number from 0 to 255</c>.</summary>
    /// <param name="index">Index of the number in the rows.</param>
    public string Describe(int index)
    {
        int element = index % _size;
        int i = _lows.Length == 1 ? 0 : element;
        string taken =
            _wholes[i] != 0
                ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {_lows[i]} to {_highs[i]}")
                : "a finite number";
        string where = "";
        Space space = _space;
        while (space is Dict dict)
        {
            foreach ((string name, Space entry) in dict.Entries)
            {
                if (element < entry.Size)
                {
                    (where, space) = ($"{where}{(where.Length == 0 ? "" : ".")}{name}", entry);
                    break;
                }
                element -= entry.Size;
            }
        }
        return $"element {element}{(where.Length == 0 ? "" : $" of '{where}'")} of {space}, which takes {taken}";
    }

    private void Add(Space space, bool areActions, int first)
    {
        switch (space)
        {
            case Dict dict:
                foreach ((_, Space entry) in dict.Entries)
                {
                    Add(entry, areActions, first);
                    first += entry.Size;
                }
                break;
            case Box { ElementType: ElementType.UInt8 } bytes when !areActions:
                for (int i = 0; i < bytes.Size; i++)
                {
                    Set(first + i, bytes.Low[i], bytes.High[i], isWhole: true);
                }
                break;
            case Box box:
                for (int i = 0; i < box.Size; i++)
                {
                    Set(first + i, float.MinValue, float.MaxValue, isWhole: false);
                }
                break;
            case Discrete discrete:
                Set(first, 0, discrete.Count - 1, isWhole: true);
                break;
            case MultiDiscrete several:
                for (int i = 0; i < several.Size; i++)
                {
                    Set(first + i, 0, several.Counts[i] - 1, isWhole: true);
                }
                break;
            case MultiBinary bits:
                for (int i = 0; i < bits.Size; i++)
                {
                    Set(first + i, 0, 1, isWhole: true);
                }
                break;
            default:
                throw new NotSupportedException($"{space} is of a kind that is not known here.");
        }
    }

    private void Set(int element, float low, float high, bool isWhole)
    {
        _lows[element] = low;
        _highs[element] = high;
        _wholes[element] = isWhole ? -1 : 0;
        HasWholeNumbers |= isWhole;
    }

    private bool IsUniform()
    {
        for (int i = 1; i < _size; i++)
        {
            if (_lows[i] != _lows[0] || _highs[i] != _highs[0] || _wholes[i] != _wholes[0])
            {
                return false;
            }
        }
        return true;
    }

    // A number that can be is itself after it was rounded down and moved between its bounds; NaN equals nothing.
    private static bool HoldsAll(ReadOnlySpan<float> values, float low, float high, bool areWhole)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        int width = Vector<float>.Count;
        int i = 0;
        Vector<int> same = Vector<int>.AllBitsSet;
        (Vector<float> lows, Vector<float> highs) = (new(low), new(high));
        if (areWhole)
        {
            Vector<int> also = same;
            for (; i <= values.Length - 2 * width; i += 2 * width)
            {
                Vector<float> one = Vector.LoadUnsafe(ref first, (nuint)i);
                Vector<float> other = Vector.LoadUnsafe(ref first, (nuint)(i + width));
                same &= Vector.Equals(Vector.Min(Vector.Max(Vector.Floor(one), lows), highs), one);
                also &= Vector.Equals(Vector.Min(Vector.Max(Vector.Floor(other), lows), highs), other);
            }
            same &= also;
        }
        else
        {
            for (; i <= values.Length - width; i += width)
            {
                Vector<float> one = Vector.LoadUnsafe(ref first, (nuint)i);
                same &= Vector.Equals(Vector.Min(Vector.Max(one, lows), highs), one);
            }
        }
        bool holds = Vector.EqualsAll(same, Vector<int>.AllBitsSet);
        for (; i < values.Length; i++)
        {
            holds &= Holds(values[i], low, high, areWhole);
        }
        return holds;
    }

    private bool HoldsRow(ReadOnlySpan<float> row)
    {
        int i = 0;
        Vector<int> same = Vector<int>.AllBitsSet;
        for (; i + Vector<float>.Count <= row.Length; i += Vector<float>.Count)
        {
            var chunk = new Vector<float>(row[i..]);
            var wholes = new Vector<int>(_wholes, i);
            Vector<float> floor = Vector.ConditionalSelect(wholes, Vector.Floor(chunk), chunk);
            Vector<float> bounded = Vector.Min(Vector.Max(floor, new Vector<float>(_lows, i)), new Vector<float>(_highs, i));
            same &= Vector.Equals(bounded, chunk);
        }
        bool holds = Vector.EqualsAll(same, Vector<int>.AllBitsSet);
        for (; i < row.Length; i++)
        {
            holds &= Holds(row[i], _lows[i], _highs[i], _wholes[i] != 0);
        }
        return holds;
    }

    private int FaultIn(ReadOnlySpan<float> rows)
    {
        for (int index = 0; index < rows.Length; index++)
        {
            int i = _lows.Length == 1 ? 0 : index % _size;
            if (!Holds(rows[index], _lows[i], _highs[i], _wholes[i] != 0))
            {
                return index;
            }
        }
        return -1;
    }

    private static bool Holds(float value, float low, float high, bool isWhole) =>
        value >= low && value <= high && (!isWhole || value == MathF.Floor(value));
}

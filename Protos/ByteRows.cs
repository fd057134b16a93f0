using System.Numerics;

namespace Protos;

/// <summary>Rows of whole numbers from 0 to 255 as bytes.</summary>
internal static class ByteRows
{
    /// <summary>Writes numbers as bytes and tells whether they are the same numbers.</summary>
    /// <param name="rows">Numbers.</param>
    /// <param name="bytes">Destination, as many bytes; undefined where a number is no byte.</param>
    /// <returns>Index of the first number that is no whole number from 0 to 255; −1 where all are.</returns>
    public static int Narrow(ReadOnlySpan<float> rows, Span<byte> bytes)
    {
        int i = 0;
        int width = Vector<float>.Count;
        Vector<int> same = Vector<int>.AllBitsSet;
        Vector<int> high = Vector<int>.Zero;
        for (; i + Vector<byte>.Count <= rows.Length; i += Vector<byte>.Count)
        {
            Vector<int> a = Whole(rows[i..], ref same, ref high);
            Vector<int> b = Whole(rows[(i + width)..], ref same, ref high);
            Vector<int> c = Whole(rows[(i + 2 * width)..], ref same, ref high);
            Vector<int> d = Whole(rows[(i + 3 * width)..], ref same, ref high);
            Vector<short> first = Vector.Narrow(a, b);
            Vector<short> second = Vector.Narrow(c, d);
            Vector.Narrow(Vector.AsVectorUInt16(first), Vector.AsVectorUInt16(second)).CopyTo(bytes[i..]);
        }
        bool holds =
            Vector.EqualsAll(same, Vector<int>.AllBitsSet)
            && !Vector.GreaterThanAny(Vector.AsVectorUInt32(high), new Vector<uint>(255));
        for (; i < rows.Length; i++)
        {
            bytes[i] = (byte)rows[i];
            holds &= bytes[i] == rows[i];
        }
        if (holds)
        {
            return -1;
        }
        for (i = 0; (byte)rows[i] == rows[i]; i++) { }
        return i;
    }

    // Bits beyond those of a byte show in what is collected; negative numbers have them, too.
    private static Vector<int> Whole(ReadOnlySpan<float> rows, ref Vector<int> same, ref Vector<int> high)
    {
        var numbers = new Vector<float>(rows);
        Vector<int> whole = Vector.ConvertToInt32Native(numbers);
        same &= Vector.Equals(Vector.ConvertToSingle(whole), numbers);
        high |= whole;
        return whole;
    }
}

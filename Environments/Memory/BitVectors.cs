using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Environments.Memory;

/// <summary>Bits of a word as zeros and ones of an observation.</summary>
internal static class BitVectors
{
    private static Vector256<int> Places => Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);

    /// <summary>Writes the lowest bits, the least significant one first.</summary>
    /// <param name="word">The bits.</param>
    /// <param name="destination">At most 64 floats; all are written.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ulong word, Span<float> destination)
    {
        int i = 0;
        for (; i + 8 <= destination.Length; i += 8)
        {
            Vector256<int> set = Vector256.Equals(Vector256.Create((int)(word >> i)) & Places, Places);
            (set.AsSingle() & Vector256.Create(1f)).CopyTo(destination[i..]);
        }
        for (; i < destination.Length; i++)
        {
            destination[i] = (int)(word >> i) & 1;
        }
    }
}

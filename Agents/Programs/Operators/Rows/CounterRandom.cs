using System.Numerics;
using System.Text;

namespace Agents.Programs;

/// <summary>Random numbers of a place instead of a sequence: a hash of stream, run, row and column.</summary>
/// <remarks>
/// Each number is the finaliser of SplitMix64 (Steele, Lea and Flood 2014) twice over a Weyl sequence, as in counter-based generators (Salmon et
/// al. 2011), so blocks of rows may be drawn in any order and by any executor.
/// </remarks>
internal static class CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The stream of a seed and a name.</summary>
    public static ulong Stream(ulong seed, string name)
    {
        ulong stream = Mix(seed + Golden);
        foreach (byte letter in Encoding.UTF8.GetBytes(name))
        {
            stream = Mix(stream ^ letter);
        }
        return stream;
    }

    /// <summary>Uniform in [0, 1), 24 bits.</summary>
    public static float Uniform(ulong stream, ulong run, int row, int column) =>
        (Bits(stream, run, row, column) >> 40) * (1f / (1 << 24));

    /// <summary>Normal, mean 0 and deviation 1, by Box and Muller 1958.</summary>
    public static float Gaussian(ulong stream, ulong run, int row, int column)
    {
        ulong bits = Bits(stream, run, row, column);
        double radius = Math.Sqrt(-2 * Math.Log(((bits >> 32) + 1) * (1.0 / 4294967296.0)));
        return (float)(radius * Math.Cos(2 * Math.PI * (uint)bits * (1.0 / 4294967296.0)));
    }

    private static ulong Bits(ulong stream, ulong run, int row, int column) =>
        Mix(Mix(stream + run * Golden) + ((ulong)(uint)row << 32 | (uint)column) * Golden + BitOperations.RotateLeft(stream, 32));

    private static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Environments.Randomness;

/// <summary>The Mersenne Twister (Matsumoto and Nishimura 1998), bit for bit NumPy's old <c>RandomState(seed)</c>.</summary>
/// <remarks>
/// For replaying environments that draw from it; everything else draws from <see cref="Pcg64"/>, which is faster and fifty times smaller.
/// A value of 2.5 kB: copying it forks the stream, so pass it by <c>ref</c>. It can be saved and restored as raw bytes.
/// </remarks>
public struct Mt19937 : IRandomSource
{
    private const int Length = 624;
    private const int Distance = 397;

    private Words _words;
    private int _used;

    /// <summary>The stream of a seed; seed 5 begins with 0.22199317108973948.</summary>
    /// <param name="seed">
    /// Up to 2^32 − 1 the stream of <c>RandomState(seed)</c>. NumPy takes no greater number; from there on it is the stream of
    /// <c>RandomState([low, high])</c>, the seed's two 32-bit words.
    /// </param>
    public Mt19937(ulong seed)
    {
        if (seed <= uint.MaxValue)
        {
            Fill((uint)seed);
        }
        else
        {
            Fill(19_650_218);
            Mix([(uint)seed, (uint)(seed >> 32)]);
        }
        _used = Length;
    }

    /// <summary>The next 32 uniformly distributed bits.</summary>
    public uint NextUInt32()
    {
        if (_used == Length)
        {
            Advance();
        }
        uint bits = _words[_used++];
        bits ^= bits >> 11;
        bits ^= bits << 7 & 0x9d2c5680;
        bits ^= bits << 15 & 0xefc60000;
        return bits ^ bits >> 18;
    }

    /// <inheritdoc/>
    /// <remarks>NumPy's <c>rand()</c>: 27 bits of one draw above 26 bits of the next.</remarks>
    public double NextDouble()
    {
        ulong high = NextUInt32() >> 5;
        ulong low = NextUInt32() >> 6;
        return (high << 26 | low) * (1.0 / (1UL << 53));
    }

    /// <inheritdoc/>
    /// <remarks>NumPy's old <c>randint</c>: as many bits as the range needs, drawn again while they lie outside; a range of one draws nothing.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty.</exception>
    public int NextInt(int low, int high)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(low, high);
        uint greatest = (uint)((long)high - low - 1);
        if (greatest == 0)
        {
            return low;
        }
        uint mask = uint.MaxValue >> BitOperations.LeadingZeroCount(greatest);
        uint drawn;
        do
        {
            drawn = NextUInt32() & mask;
        } while (drawn > greatest);
        return (int)(low + (long)drawn);
    }

    private void Fill(uint seed)
    {
        _words[0] = seed;
        for (int i = 1; i < Length; i++)
        {
            uint previous = _words[i - 1];
            _words[i] = 1_812_433_253 * (previous ^ previous >> 30) + (uint)i;
        }
    }

    // Matsumoto's seeding by an array, on top of a filled state.
    private void Mix(ReadOnlySpan<uint> key)
    {
        int i = 1;
        for (int k = 0; k < Length; k++)
        {
            int j = k % key.Length;
            _words[i] = (_words[i] ^ Scrambled(i - 1) * 1_664_525) + key[j] + (uint)j;
            i = Following(i);
        }
        for (int k = 1; k < Length; k++)
        {
            _words[i] = (_words[i] ^ Scrambled(i - 1) * 1_566_083_941) - (uint)i;
            i = Following(i);
        }
        _words[0] = 0x80000000;
    }

    private readonly uint Scrambled(int index) => _words[index] ^ _words[index] >> 30;

    private int Following(int index)
    {
        if (index + 1 < Length)
        {
            return index + 1;
        }
        _words[0] = _words[Length - 1];
        return 1;
    }

    private void Advance()
    {
        Span<uint> words = _words;
        for (int i = 0; i < Length; i++)
        {
            uint joined = words[i] & 0x80000000 | words[(i + 1) % Length] & 0x7fffffff;
            words[i] = words[(i + Distance) % Length] ^ joined >> 1 ^ (0u - (joined & 1) & 0x9908b0df);
        }
        _used = 0;
    }

    [InlineArray(Length)]
    private struct Words
    {
        private uint _first;
    }
}

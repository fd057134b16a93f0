using System.Numerics;
using System.Runtime.CompilerServices;

namespace Environments.Randomness;

/// <summary>The project's generator: PCG XSL-RR 128/64 (O'Neill 2014), bit for bit NumPy's <c>Generator(PCG64(seed))</c>.</summary>
/// <remarks>A value of 48 bytes: copying it forks the stream, so pass it by <c>ref</c>. It can be saved and restored as raw bytes.</remarks>
public struct Pcg64 : IRandomSource
{
    private static readonly UInt128 Multiplier = new(0x2360ED051FC65DA4, 0x4385DF649FCCF645);

    private readonly UInt128 _increment;
    private UInt128 _state;
    private uint _keptHalf;
    private uint _hasKeptHalf;

    /// <summary>The stream of a root seed; seed 0 begins with 0.6369616873214543.</summary>
    public Pcg64(ulong seed)
        : this(new SeedSequence(seed)) { }

    /// <summary>The stream of a seed sequence.</summary>
    public Pcg64(SeedSequence seed)
    {
        Span<ulong> words = stackalloc ulong[4];
        seed.Generate(words);
        _increment = new UInt128(words[2], words[3]) << 1 | UInt128.One;
        _state = (_increment + new UInt128(words[0], words[1])) * Multiplier + _increment;
    }

    /// <summary>Whether these are the bytes of a stream: one whose increment is even may stand still, and whoever draws until a number fits would wait for ever.</summary>
    internal readonly bool IsStream => !UInt128.IsEvenInteger(_increment) && _hasKeptHalf <= 1;

    /// <summary>The next 64 uniformly distributed bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextUInt64()
    {
        _state = _state * Multiplier + _increment;
        ulong high = (ulong)(_state >> 64);
        return BitOperations.RotateRight(high ^ (ulong)_state, (int)(high >> 58));
    }

    /// <summary>The next 32 bits: the low half of a 64-bit draw first, its high half kept for the following call.</summary>
    public uint NextUInt32()
    {
        if (_hasKeptHalf != 0)
        {
            _hasKeptHalf = 0;
            return _keptHalf;
        }
        ulong bits = NextUInt64();
        _keptHalf = (uint)(bits >> 32);
        _hasKeptHalf = 1;
        return (uint)bits;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double NextUniform(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform integer in [<paramref name="low"/>, <paramref name="high"/>), by Lemire's method as NumPy's <c>integers</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty.</exception>
    public int NextInt(int low, int high)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(low, high);
        uint range = (uint)((long)high - low);
        if (range == 1)
        {
            return low;
        }
        ulong product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            uint threshold = (0u - range) % range;
            while ((uint)product < threshold)
            {
                product = (ulong)NextUInt32() * range;
            }
        }
        return (int)(low + (long)(product >> 32));
    }

    /// <summary>Uniform integer in [0, <paramref name="max"/>] by masking and rejecting, as NumPy's <c>shuffle</c> draws; other numbers than <see cref="NextInt"/>'s.</summary>
    internal int NextMasked(int max)
    {
        if (max == 0)
        {
            return 0;
        }
        uint mask = uint.MaxValue >> BitOperations.LeadingZeroCount((uint)max);
        uint value;
        do
        {
            value = NextUInt32() & mask;
        } while (value > (uint)max);
        return (int)value;
    }

    /// <summary>A standard normal draw with the numbers of NumPy's <c>Generator.standard_normal</c>; see <see cref="Ziggurat"/>.</summary>
    public double NextNormal() => Ziggurat.Next(ref this);

    /// <summary>A standard normal draw by Marsaglia's polar method; the second of its pair is not kept, so that the state stays small.</summary>
    public double NextGaussian()
    {
        while (true)
        {
            double u = 2 * NextDouble() - 1;
            double v = 2 * NextDouble() - 1;
            double square = u * u + v * v;
            if (square is < 1 and > 0)
            {
                return u * Math.Sqrt(-2 * Math.Log(square) / square);
            }
        }
    }

    /// <summary>Shuffles in place (Fisher and Yates), every order equally likely.</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextInt(0, i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>Shuffles in place with the numbers and the result of NumPy's <c>Generator.shuffle</c>; <see cref="Shuffle"/> draws others.</summary>
    internal void ShuffleAsNumPy<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextMasked(i);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}

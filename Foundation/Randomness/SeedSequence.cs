namespace Environments.Randomness;

/// <summary>Turns a seed into well-mixed words for generators, and splits into independent child sequences.</summary>
/// <remarks>
/// The entropy-mixing function of NumPy's <c>SeedSequence</c> (after O'Neill's <c>seed_seq_fe</c>), so that a seed here gives the
/// stream that the same seed gives in Gymnasium. A child is the parent's entropy followed by its spawn key, as in NumPy.
/// </remarks>
public sealed class SeedSequence
{
    private const int PoolSize = 4;
    private readonly uint[] _entropy;
    private readonly uint[] _pool = new uint[PoolSize];

    /// <summary>The sequence of a root seed.</summary>
    /// <param name="seed">Any value; its little-endian 32-bit words are the entropy.</param>
    public SeedSequence(ulong seed)
        : this(seed > uint.MaxValue ? [(uint)seed, (uint)(seed >> 32)] : [(uint)seed]) { }

    private SeedSequence(uint[] entropy)
    {
        _entropy = entropy;
        Mix();
    }

    /// <summary>The child with the given key: independent of its parent and of children with other keys.</summary>
    /// <param name="key">Spawn key; NumPy's <c>spawn(n)</c> uses 0 to n − 1.</param>
    public SeedSequence Child(uint key)
    {
        // NumPy pads the entropy to the pool size before it appends the key, so that no seed equals another one's child.
        int padded = Math.Max(PoolSize, _entropy.Length);
        var words = new uint[padded + 1];
        _entropy.CopyTo(words, 0);
        words[padded] = key;
        return new SeedSequence(words);
    }

    /// <summary>Writes mixed 64-bit words, the same ones on every call.</summary>
    public void Generate(Span<ulong> destination)
    {
        uint hash = 0x8b51f9dd;
        for (int i = 0; i < destination.Length; i++)
        {
            uint low = Next(2 * i, ref hash);
            uint high = Next(2 * i + 1, ref hash);
            destination[i] = low | (ulong)high << 32;
        }
    }

    /// <summary>The first mixed word: a seed for something that takes a number.</summary>
    public ulong GenerateSeed()
    {
        Span<ulong> word = stackalloc ulong[1];
        Generate(word);
        return word[0];
    }

    private uint Next(int index, ref uint hash)
    {
        uint value = _pool[index % PoolSize] ^ hash;
        hash *= 0x58f38ded;
        value *= hash;
        return value ^ value >> 16;
    }

    private void Mix()
    {
        uint hash = 0x43b0d7e5;
        for (int i = 0; i < PoolSize; i++)
        {
            _pool[i] = Hash(i < _entropy.Length ? _entropy[i] : 0, ref hash);
        }
        for (int source = 0; source < PoolSize; source++)
        {
            for (int destination = 0; destination < PoolSize; destination++)
            {
                if (source != destination)
                {
                    _pool[destination] = Combine(_pool[destination], Hash(_pool[source], ref hash));
                }
            }
        }
        for (int source = PoolSize; source < _entropy.Length; source++)
        {
            for (int destination = 0; destination < PoolSize; destination++)
            {
                _pool[destination] = Combine(_pool[destination], Hash(_entropy[source], ref hash));
            }
        }
    }

    private static uint Hash(uint value, ref uint hash)
    {
        value ^= hash;
        hash *= 0x931e8875;
        value *= hash;
        return value ^ value >> 16;
    }

    private static uint Combine(uint x, uint y)
    {
        uint result = 0xca01f9ddu * x - 0x4973f715u * y;
        return result ^ result >> 16;
    }
}

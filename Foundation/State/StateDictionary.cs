using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Environments.Randomness;
using Protos.Foreign;

namespace Environments.State;

/// <summary>Named arrays in which every part of a training run saves what it needs to continue bit for bit.</summary>
/// <remarks>Each entry remembers its element type; reading another type or length is an error that names the entry. Owns its bytes.</remarks>
public sealed class StateDictionary
{
    private readonly Dictionary<string, Entry> _entries;
    private readonly string _prefix;

    /// <summary>An empty dictionary.</summary>
    public StateDictionary()
        : this([], "") { }

    private StateDictionary(Dictionary<string, Entry> entries, string prefix)
    {
        _entries = entries;
        _prefix = prefix;
    }

    /// <summary>Every entry below this scope: full name, element type, little-endian bytes.</summary>
    public IEnumerable<(string Name, string Type, byte[] Bytes)> Entries
    {
        get
        {
            foreach ((string name, Entry entry) in _entries)
            {
                if (name.StartsWith(_prefix, StringComparison.Ordinal))
                {
                    yield return (name, entry.Type, entry.Bytes);
                }
            }
        }
    }

    /// <summary>Names of the entries below this scope, without its prefix.</summary>
    public IEnumerable<string> Names =>
        _entries.Keys.Where(name => name.StartsWith(_prefix, StringComparison.Ordinal)).Select(name => name[_prefix.Length..]);

    /// <summary>A view of the same dictionary whose names begin with <paramref name="name"/> and a dot.</summary>
    public StateDictionary Scope(string name) => new(_entries, $"{_prefix}{name}.");

    /// <summary>Adds an entry read from a file.</summary>
    public void AddRaw(string name, string type, byte[] bytes) => _entries[_prefix + name] = new Entry(type, bytes);

    /// <summary>Whether there is an entry of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(_prefix + name);

    /// <summary>Saves a copy of an array.</summary>
    public void Set<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged => _entries[_prefix + name] = new Entry(typeof(T).Name, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Saves one value.</summary>
    public void Set<T>(string name, T value)
        where T : unmanaged => Set(name, new ReadOnlySpan<T>(in value));

    /// <summary>The array saved under <paramref name="name"/>.</summary>
    /// <exception cref="InvalidDataException">The entry is missing, of another type, or not a whole number of elements.</exception>
    public T[] GetArray<T>(string name)
        where T : unmanaged
    {
        byte[] bytes = Find<T>(name);
        var values = new T[bytes.Length / Unsafe.SizeOf<T>()];
        if (values.Length * Unsafe.SizeOf<T>() != bytes.Length)
        {
            throw new InvalidDataException(
                $"State '{Show(name)}' has {bytes.Length} bytes, which is no whole number of {typeof(T).Name}."
            );
        }
        bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Copies the array saved under <paramref name="name"/> over <paramref name="destination"/>.</summary>
    /// <exception cref="InvalidDataException">The entry is missing, or of another type or length.</exception>
    public void Read<T>(string name, Span<T> destination)
        where T : unmanaged
    {
        byte[] bytes = Find<T>(name);
        Span<byte> target = MemoryMarshal.AsBytes(destination);
        if (bytes.Length != target.Length)
        {
            throw new InvalidDataException(
                $"State '{Show(name)}' has {bytes.Length} bytes; {target.Length} are needed. It belongs to other settings."
            );
        }
        bytes.CopyTo(target);
        RequirePossible<T>(name, destination);
    }

    /// <summary>Copies the numbers saved under <paramref name="name"/> over <paramref name="destination"/>; each must be finite.</summary>
    /// <exception cref="InvalidDataException">The entry is missing, of another type or length, or holds another number.</exception>
    internal void ReadFinite<T>(string name, Span<T> destination)
        where T : unmanaged, IFloatingPoint<T>
    {
        Read(name, destination);
        foreach (T value in destination)
        {
            if (!T.IsFinite(value))
            {
                throw new InvalidDataException($"State '{Show(name)}' holds {value}, which no run saves.");
            }
        }
    }

    /// <summary>The number saved under <paramref name="name"/>, which must lie between two others.</summary>
    /// <exception cref="InvalidDataException">The entry is missing, of another type, or outside.</exception>
    internal T Get<T>(string name, T low, T high)
        where T : unmanaged, INumber<T>
    {
        T value = Get<T>(name);
        return value >= low && value <= high
            ? value
            : throw new InvalidDataException($"State '{Show(name)}' is {value}, which must be from {low} to {high}.");
    }

    /// <summary>The value saved under <paramref name="name"/>.</summary>
    /// <exception cref="InvalidDataException">The entry is missing, or of another type.</exception>
    public T Get<T>(string name)
        where T : unmanaged
    {
        T value = default;
        Read(name, new Span<T>(ref value));
        return value;
    }

    // Bytes can be anything; these types cannot.
    private void RequirePossible<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        bool possible = true;
        if (typeof(T) == typeof(bool))
        {
            possible = !bytes.ContainsAnyExceptInRange((byte)0, (byte)1);
        }
        else if (typeof(T) == typeof(Pcg64))
        {
            foreach (Pcg64 stream in MemoryMarshal.Cast<byte, Pcg64>(bytes))
            {
                possible &= stream.IsStream;
            }
        }
        if (!possible)
        {
            throw new InvalidDataException($"State '{Show(name)}' holds no {typeof(T).Name}.");
        }
    }

    private string Show(string name) => ForeignText.Show(_prefix + name);

    private byte[] Find<T>(string name)
    {
        if (!_entries.TryGetValue(_prefix + name, out Entry? entry))
        {
            throw new InvalidDataException(
                $"State '{Show(name)}' is missing. It was saved by other settings or another version."
            );
        }
        return entry.Type == typeof(T).Name
            ? entry.Bytes
            : throw new InvalidDataException($"State '{Show(name)}' holds {ForeignText.Show(entry.Type)}, not {typeof(T).Name}.");
    }

    private sealed record Entry(string Type, byte[] Bytes);
}

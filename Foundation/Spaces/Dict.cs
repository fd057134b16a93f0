using Environments.Randomness;

namespace Environments.Spaces;

/// <summary>Named spaces side by side; a value is the entries' rows one after the other, in the order of the entries.</summary>
public sealed record Dict : Space
{
    private readonly KeyValuePair<string, Space>[] _entries;

    /// <summary>A space of the given entries.</summary>
    /// <exception cref="ArgumentException">There is no entry, or a name stands twice.</exception>
    public Dict(params ReadOnlySpan<KeyValuePair<string, Space>> entries)
    {
        _entries = entries.ToArray();
        if (_entries.Length == 0 || _entries.Select(entry => entry.Key).Distinct().Count() != _entries.Length)
        {
            throw new ArgumentException("A Dict space needs at least one entry, and each name once.", nameof(entries));
        }
        Size = _entries.Sum(entry => entry.Value.Size);
    }

    /// <summary>The entries, in the order of their floats.</summary>
    public ReadOnlySpan<KeyValuePair<string, Space>> Entries => _entries;

    /// <inheritdoc/>
    public override int Size { get; }

    /// <summary>The floats of one entry within a value.</summary>
    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    public Range RangeOf(string name)
    {
        int offset = 0;
        foreach ((string key, Space space) in _entries)
        {
            if (key == name)
            {
                return offset..(offset + space.Size);
            }
            offset += space.Size;
        }
        throw new KeyNotFoundException($"{this} has no entry '{name}'.");
    }

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<float> value)
    {
        if (value.Length != Size)
        {
            return false;
        }
        foreach ((_, Space space) in _entries)
        {
            if (!space.Contains(value[..space.Size]))
            {
                return false;
            }
            value = value[space.Size..];
        }
        return true;
    }

    /// <inheritdoc/>
    public override void Sample(ref Pcg64 random, Span<float> value)
    {
        RequireSize(value.Length, nameof(value));
        foreach ((_, Space space) in _entries)
        {
            space.Sample(ref random, value[..space.Size]);
            value = value[space.Size..];
        }
    }

    /// <summary>Whether the other space has equal entries in the same order.</summary>
    public bool Equals(Dict? other) => other is not null && _entries.SequenceEqual(other._entries);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Size, _entries[0].Key);

    /// <inheritdoc/>
    public override string ToString() => $"Dict({string.Join(", ", _entries.Select(entry => $"{entry.Key}: {entry.Value}"))})";
}

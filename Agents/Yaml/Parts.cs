using System.Collections;
using System.Runtime.CompilerServices;

namespace Agents.Yaml;

/// <summary>Parts chosen from a table, each once, in order. Immutable and compared by value; written as a mapping of names to settings.</summary>
/// <typeparam name="T">What a part is.</typeparam>
[CollectionBuilder(typeof(Parts), nameof(Parts.Of))]
public sealed class Parts<T> : IReadOnlyList<T>, IEquatable<Parts<T>>, IParts
    where T : NamedSettings, IChosenByName
{
    private readonly T[] _items;

    internal Parts(T[] items)
    {
        if (items.DistinctBy(item => item.Name).Count() < items.Length)
        {
            throw new ArgumentException(
                $"Of the parts {string.Join(", ", items.Select(item => item.Name))} two have one name. Name each once.",
                nameof(items)
            );
        }
        _items = items;
    }

    /// <summary>Parts, 0 or more.</summary>
    public int Count => _items.Length;

    /// <summary>A part.</summary>
    public T this[int index] => _items[index];

    NameTable IParts.Table => T.Table;

    IEnumerable<NamedSettings> IParts.Items => _items;

    IParts IParts.With(IEnumerable<NamedSettings> items) => new Parts<T>([.. items.Cast<T>()]);

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether the other ones are the same parts with equal settings, in the same order.</summary>
    public bool Equals(Parts<T>? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Parts<T>);

    /// <inheritdoc/>
    public override int GetHashCode() => _items.Aggregate(0, HashCode.Combine);
}

/// <summary>Makes collections of parts.</summary>
public static class Parts
{
    /// <summary>Parts, in order.</summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    public static Parts<T> Of<T>(ReadOnlySpan<T> items)
        where T : NamedSettings, IChosenByName => new(items.ToArray());
}

/// <summary>A kind of part with one table of its own.</summary>
public interface IChosenByName
{
    /// <summary>The table.</summary>
    internal static abstract NameTable Table { get; }
}

/// <summary>Parts of whatever kind, for reading and writing.</summary>
internal interface IParts
{
    /// <summary>The parts that there are.</summary>
    NameTable Table { get; }

    /// <summary>The parts that were chosen.</summary>
    IEnumerable<NamedSettings> Items { get; }

    /// <summary>Others in their place.</summary>
    IParts With(IEnumerable<NamedSettings> items);
}

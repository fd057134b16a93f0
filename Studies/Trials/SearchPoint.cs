using System.Collections;

namespace Studies.Trials;

/// <summary>Values of the settings that a study varies, as the texts that <c>--set</c> takes. Immutable; equal where keys, order and texts are.</summary>
/// <param name="values">Key and text, in the order of the space.</param>
internal sealed class SearchPoint(IEnumerable<KeyValuePair<string, string>> values)
    : IEquatable<SearchPoint>,
        IEnumerable<KeyValuePair<string, string>>
{
    private readonly KeyValuePair<string, string>[] _values = [.. values];

    /// <summary>A study that varies nothing but seeds.</summary>
    public static SearchPoint Empty { get; } = new([]);

    /// <summary>The text of a key; null where this point has none, since a condition of it is not met.</summary>
    public string? this[string key] => Array.Find(_values, pair => pair.Key == key).Value;

    /// <summary>The values as <c>--set</c> takes them.</summary>
    public IEnumerable<string> Assignments => _values.Select(pair => $"{pair.Key}={pair.Value}");

    /// <inheritdoc/>
    public bool Equals(SearchPoint? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SearchPoint);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', Assignments);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

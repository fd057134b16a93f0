using Environments.Spaces;

namespace Agents.Networks.Encoders;

/// <summary>What the first layer reads of an observation. Immutable.</summary>
/// <remarks>
/// Integers become one-hot vectors. Bytes become one-hot vectors where none can exceed 16 (symbols), numbers from 0 to 1 where some can, and
/// stay as they are where they are 0 or 1. Everything else is read as it is. Images that are to be convolved have their channels last, and
/// the frames of a stack become channels.
/// </remarks>
internal sealed class ObservationFeatures
{
    private readonly FeaturePart[] _parts;
    private readonly int _observationSize;

    /// <summary>The features of a space.</summary>
    /// <param name="space">Observations.</param>
    /// <param name="imageOf">How a box is an image to be convolved; null where it is not.</param>
    public ObservationFeatures(Space space, Func<Box, ImageShape?> imageOf)
    {
        var parts = new List<FeaturePart>();
        int offset = 0;
        foreach ((string name, Space entry) in EntriesOf(space))
        {
            FeaturePart part = FeaturePart.Of(entry, name, offset, entry is Box box ? imageOf(box) : null);
            parts.Add(part);
            offset += part.Size;
        }
        _parts = [.. parts];
        _observationSize = space.Size;
        Size = offset;
        AreObservations = Array.TrueForAll(_parts, part => part.IsCopy);
    }

    /// <summary>Floats in a row of features.</summary>
    public int Size { get; }

    /// <summary>Whether features and observation are the same numbers, so that nothing has to be copied.</summary>
    public bool AreObservations { get; }

    /// <summary>The entries, in the order of their floats.</summary>
    public IReadOnlyList<FeaturePart> Parts => _parts;

    /// <summary>Writes the features of rows of observations.</summary>
    /// <param name="observations"><c>[N, ObservationSize]</c>.</param>
    /// <param name="features">Destination, <c>[N, Size]</c>.</param>
    /// <exception cref="ArgumentException">An integer of an observation is outside its space.</exception>
    public void EncodeRows(ReadOnlySpan<float> observations, Span<float> features)
    {
        if (AreObservations)
        {
            observations.CopyTo(features);
            return;
        }
        int rows = observations.Length / _observationSize;
        for (int row = 0; row < rows; row++)
        {
            int first = row * _observationSize;
            foreach (FeaturePart part in _parts)
            {
                part.Encode(observations.Slice(first, part.ObservationSize), features.Slice(row * Size + part.Offset, part.Size));
                first += part.ObservationSize;
            }
        }
    }

    /// <summary>Spaces within a space that are no <see cref="Dict"/>, with their paths, which are all different.</summary>
    public static IReadOnlyList<SpaceEntry> EntriesOf(Space space)
    {
        var entries = new List<SpaceEntry>();
        Collect(space, "", marksDots: false, entries);
        // An entry 'a.b' beside an entry 'a' that holds a 'b': parameters are named by paths, so dots of names are marked then.
        if (new HashSet<string>(entries.Select(entry => entry.Path)).Count < entries.Count)
        {
            entries.Clear();
            Collect(space, "", marksDots: true, entries);
        }
        return entries;
    }

    private static void Collect(Space space, string path, bool marksDots, List<SpaceEntry> entries)
    {
        if (space is not Dict dict)
        {
            entries.Add(new SpaceEntry(path, space));
            return;
        }
        foreach ((string key, Space entry) in dict.Entries)
        {
            Collect(entry, path + (path == "" ? "" : ".") + (marksDots ? Marked(key) : key), marksDots, entries);
        }
    }

    private static string Marked(string key) =>
        key.Length == 0
            ? "\\"
            : key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(".", "\\.", StringComparison.Ordinal);

    /// <summary>A space within a space.</summary>
    /// <param name="Path">Names of the entries that lead there, parted by dots.</param>
    /// <param name="Space">The space.</param>
    public sealed record SpaceEntry(string Path, Space Space);
}

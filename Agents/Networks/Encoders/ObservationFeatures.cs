using Environments.Spaces;

namespace Agents.Networks.Encoders;

/// <summary>What the first layer reads of an observation. Immutable.</summary>
/// <remarks>
/// Integers become one-hot vectors. Bytes become one-hot vectors where none can exceed 16 (symbols), numbers from 0 to 1 where some can, and
/// stay as they are where they are 0 or 1. Everything else is read as it is. Images that are to be convolved have their channels last, and
/// the frames of a stack become channels. What a view leaves out of the observation is in no feature. For a table all of it is one number, the index of a row.
/// </remarks>
internal sealed class ObservationFeatures
{
    private readonly FeaturePart[] _parts;
    private readonly int _observationSize;

    /// <summary>The features of a space.</summary>
    /// <param name="space">Observations.</param>
    /// <param name="settings">What is read of them, and whether it is the index of a table's row.</param>
    /// <param name="imageOf">How a box is an image to be convolved; null where it is not.</param>
    public ObservationFeatures(Space space, EncoderSettings settings, Func<Box, ImageShape?> imageOf)
    {
        _observationSize = space.Size;
        IReadOnlyList<ViewedPart> viewed = ObservationView.PartsOf(space, settings.View);
        if (settings.IsTable)
        {
            Table = new TableIndex(viewed);
            _parts = [];
            Size = 1;
            return;
        }
        var parts = new List<FeaturePart>();
        foreach (ViewedPart entry in viewed)
        {
            FeaturePart part = FeaturePart.Of(entry, Size, entry.Space is Box box ? imageOf(box) : null);
            parts.Add(part);
            Size += part.Size;
        }
        _parts = [.. parts];
        AreObservations = Size == _observationSize && parts.TrueForAll(part => part.IsCopy);
    }

    /// <summary>The row of a table that an observation names; null where features are anything else.</summary>
    public TableIndex? Table { get; }

    /// <summary>Floats in a row of features.</summary>
    public int Size { get; }

    /// <summary>Whether features and observation are the same numbers, so that nothing has to be copied.</summary>
    public bool AreObservations { get; }

    /// <summary>What is read, in the order of its floats; nothing where it is the index of a row.</summary>
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
            ReadOnlySpan<float> observation = observations.Slice(row * _observationSize, _observationSize);
            if (Table is not null)
            {
                features[row] = Table.Of(observation);
            }
            foreach (FeaturePart part in _parts)
            {
                part.Encode(
                    observation.Slice(part.First, part.ObservationSize),
                    features.Slice(row * Size + part.Offset, part.Size)
                );
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

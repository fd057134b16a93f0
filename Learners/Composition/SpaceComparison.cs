using Environments.Spaces;

namespace Learners.Composition;

/// <summary>Whether spaces of two policies mean the same to a network.</summary>
internal static class SpaceComparison
{
    /// <summary>Whether numbers of one are read like those of the other: bounds of real numbers, which are read as they are, change nothing.</summary>
    public static bool AreReadAlike(Space one, Space other) => Comparable(one) == Comparable(other);

    private static Space Comparable(Space space)
    {
        switch (space)
        {
            case Box { ElementType: ElementType.Float32 } box:
                return new Box(float.NegativeInfinity, float.PositiveInfinity, box.Shape);
            case Dict dict:
                var entries = new KeyValuePair<string, Space>[dict.Entries.Length];
                for (int i = 0; i < entries.Length; i++)
                {
                    (string name, Space entry) = dict.Entries[i];
                    entries[i] = new KeyValuePair<string, Space>(name, Comparable(entry));
                }
                return new Dict(entries);
            default:
                return space;
        }
    }
}

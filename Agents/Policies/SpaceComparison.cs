using Environments.Spaces;

namespace Agents.Policies;

/// <summary>Whether spaces of two policies mean the same to a network.</summary>
internal static class SpaceComparison
{
    /// <summary>Whether numbers of one are read like those of the other: bounds of real numbers, which are read as they are, change nothing.</summary>
    public static bool AreReadAlike(Space one, Space other) => Comparable(one, raw: false) == Comparable(other, raw: false);

    /// <summary>
    /// Whether the task gives the same numbers in both: bytes that a policy scales or normalises are real numbers in its space, and are given to it as they are.
    /// </summary>
    public static bool AreGivenAlike(Space one, Space other) => Comparable(one, raw: true) == Comparable(other, raw: true);

    private static Space Comparable(Space space, bool raw)
    {
        switch (space)
        {
            case Box box when raw || box.ElementType == ElementType.Float32:
                return new Box(float.NegativeInfinity, float.PositiveInfinity, box.Shape);
            case Dict dict:
                var entries = new KeyValuePair<string, Space>[dict.Entries.Length];
                for (int i = 0; i < entries.Length; i++)
                {
                    (string name, Space entry) = dict.Entries[i];
                    entries[i] = new KeyValuePair<string, Space>(name, Comparable(entry, raw));
                }
                return new Dict(entries);
            default:
                return space;
        }
    }
}

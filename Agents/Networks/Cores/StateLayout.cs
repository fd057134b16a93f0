using Agents.Programs;

namespace Agents.Networks.Cores;

/// <summary>Where the parts of a core's state lie in a row: one after the other, then the age of its rings where it has some.</summary>
internal sealed class StateLayout
{
    private readonly int[] _offsets;

    /// <summary>The layout of some parts.</summary>
    /// <exception cref="ArgumentException">Two parts have one name, or rings differ in length or are not of episodes.</exception>
    public StateLayout(IReadOnlyList<StatePart> parts)
    {
        Parts = parts;
        _offsets = new int[parts.Count];
        var names = new HashSet<string>();
        foreach (StatePart part in parts)
        {
            _offsets[names.Count] = Size;
            Size += part.Size;
            if (!names.Add(part.Name))
            {
                throw new ArgumentException($"Two parts of the state have the name '{part.Name}'. Name each differently.");
            }
            if (part.IsRing && part.Lifetime != StateLifetime.Episode)
            {
                throw new ArgumentException($"The ring '{part.Name}' outlives its episode. Rings are of episodes.");
            }
            if (part.IsRing && RingLength > 0 && part.Length != RingLength)
            {
                throw new ArgumentException(
                    $"The ring '{part.Name}' has {part.Length} rows, and another has {RingLength}. One age counts for all: give them one length."
                );
            }
            RingLength = part.IsRing ? part.Length : RingLength;
        }
        AgeOffset = Size;
        Size += RingLength > 0 ? 1 : 0;
    }

    /// <summary>The parts.</summary>
    public IReadOnlyList<StatePart> Parts { get; }

    /// <summary>Numbers of a row.</summary>
    public int Size { get; }

    /// <summary>Rows of each ring; 0 without rings.</summary>
    public int RingLength { get; }

    /// <summary>Where the age of the rings lies.</summary>
    public int AgeOffset { get; }

    /// <summary>Place of a part among <see cref="Parts"/>.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public int IndexOf(string name)
    {
        for (int i = 0; i < Parts.Count; i++)
        {
            if (Parts[i].Name == name)
            {
                return i;
            }
        }
        throw new ArgumentException($"The state has no part '{name}'. Declare it in State.", nameof(name));
    }

    /// <summary>First number of a part within a row.</summary>
    public int OffsetOf(int index) => _offsets[index];

    /// <summary>A part that is a ring, in rows of state where the core's own begin at <paramref name="offset"/>.</summary>
    public Ring RingOf(int index, int offset) => new(offset + _offsets[index], Parts[index].Length, Parts[index].Columns);
}

namespace Environments.Rendering.Animation;

/// <summary>Colours by number, in the order of their first use, up to a limit.</summary>
internal sealed class ColourTable(int capacity)
{
    private readonly List<uint> _colours = [];
    private readonly Dictionary<uint, int> _indices = [];

    /// <summary>Colours so far.</summary>
    public int Count => _colours.Count;

    /// <summary>A colour as 0xAABBGGRR.</summary>
    public uint this[int index] => _colours[index];

    /// <summary>The number of a colour, which is added where there is room; −1 where there is none.</summary>
    public int IndexOf(uint colour)
    {
        if (_indices.TryGetValue(colour, out int index))
        {
            return index;
        }
        if (_colours.Count == capacity)
        {
            return -1;
        }
        _colours.Add(colour);
        _indices.Add(colour, _colours.Count - 1);
        return _colours.Count - 1;
    }

    /// <summary>Forgets all colours but the first <paramref name="count"/>.</summary>
    public void Shrink(int count)
    {
        for (int i = count; i < _colours.Count; i++)
        {
            _indices.Remove(_colours[i]);
        }
        if (count == 0)
        {
            _indices.Clear(); // after a reduction many colours share a number
        }
        _colours.RemoveRange(count, _colours.Count - count);
    }

    /// <summary>Takes over a reduction's colours, and which of them stands for which original.</summary>
    public void Fill(MedianCut reduction)
    {
        _colours.AddRange(reduction.Colours);
        foreach ((uint colour, int index) in reduction.Indices)
        {
            _indices.Add(colour, index);
        }
    }
}

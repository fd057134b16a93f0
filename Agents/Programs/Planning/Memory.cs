namespace Agents.Programs.Planning;

/// <summary>Gives out places in one array to what lives at certain times; places are used again once nobody reads them.</summary>
/// <param name="recycles">Whether places are used again.</param>
internal sealed class Memory(bool recycles)
{
    // A register of 16 floats, so that two values never share one.
    private const int Alignment = 16;

    private readonly List<(long Start, long End, int From, int To)> _wanted = [];

    /// <summary>Asks for a place.</summary>
    /// <param name="size">Floats.</param>
    /// <param name="from">First instruction during which they must stay.</param>
    /// <param name="to">Last one.</param>
    /// <returns>Number of the request, for <see cref="Place"/>.</returns>
    public int Ask(long size, int from, int to)
    {
        _wanted.Add((0, (size + Alignment - 1) / Alignment * Alignment, from, to));
        return _wanted.Count - 1;
    }

    /// <summary>Lengthens the life of a request.</summary>
    public void Extend(int request, int to)
    {
        (long start, long end, int from, int last) = _wanted[request];
        _wanted[request] = (start, end, from, Math.Max(last, to));
    }

    /// <summary>Finds the places of all requests.</summary>
    /// <returns>First float of each request, and the floats of the array.</returns>
    /// <exception cref="GraphException">They do not fit an array.</exception>
    public (int[] Offsets, int Size) Place()
    {
        var offsets = new int[_wanted.Count];
        long total = 0;
        var live = new List<(long Start, long End, int To)>(); // in the order of their places
        foreach (int request in Enumerable.Range(0, offsets.Length).OrderBy(i => _wanted[i].From).ThenBy(i => i))
        {
            (_, long size, int from, int to) = _wanted[request];
            if (recycles)
            {
                live.RemoveAll(other => other.To < from);
            }
            long start = 0;
            int index = 0;
            while (index < live.Count && live[index].Start - start < size)
            {
                start = live[index].End;
                index++;
            }
            live.Insert(index, (start, start + size, to));
            total = Math.Max(total, start + size);
            if (total > Array.MaxLength)
            {
                throw new GraphException(
                    $"The values of the graph need {total} floats and more, and an array holds {Array.MaxLength}. Choose smaller batches or a smaller network."
                );
            }
            offsets[request] = (int)start;
        }
        return (offsets, (int)total);
    }
}

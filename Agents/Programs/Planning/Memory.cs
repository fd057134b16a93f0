namespace Agents.Programs.Planning;

/// <summary>Gives out places in one array to what lives at certain times; places are used again once nobody reads them.</summary>
/// <param name="recycles">Whether places are used again.</param>
internal sealed class Memory(bool recycles)
{
    // A register of 16 floats, so that two values never share one.
    private const int Alignment = 16;

    private readonly List<Request> _requests = [];

    /// <summary>Asks for a place.</summary>
    /// <param name="size">Floats.</param>
    /// <param name="from">First instruction during which they must stay.</param>
    /// <param name="to">Last one.</param>
    /// <returns>Number of the request, for <see cref="Place"/>.</returns>
    public int Ask(long size, int from, int to)
    {
        _requests.Add(new Request(_requests.Count, (size + Alignment - 1) / Alignment * Alignment, from) { To = to });
        return _requests.Count - 1;
    }

    /// <summary>Lengthens the life of a request.</summary>
    public void Extend(int request, int to) => _requests[request].To = Math.Max(_requests[request].To, to);

    /// <summary>Finds the places of all requests.</summary>
    /// <returns>First float of each request, and the floats of the array.</returns>
    /// <exception cref="GraphException">They do not fit an array.</exception>
    public (int[] Offsets, int Size) Place()
    {
        long total = 0;
        var live = new List<Request>(); // in the order of their places
        Request[] byTime = [.. _requests];
        Array.Sort(byTime, (a, b) => a.From != b.From ? a.From.CompareTo(b.From) : a.Number.CompareTo(b.Number));
        foreach (Request request in byTime)
        {
            if (recycles)
            {
                live.RemoveAll(other => other.To < request.From);
            }
            long start = 0;
            int index = 0;
            while (index < live.Count && live[index].Start - start < request.Size)
            {
                start = live[index].Start + live[index].Size;
                index++;
            }
            request.Start = start;
            live.Insert(index, request);
            total = Math.Max(total, start + request.Size);
            if (total > Array.MaxLength)
            {
                throw new GraphException(
                    $"The values of the graph need {total} floats and more, and an array holds {Array.MaxLength}. Choose smaller batches or a smaller network."
                );
            }
        }
        var offsets = new int[_requests.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = (int)_requests[i].Start;
        }
        return (offsets, (int)total);
    }

    private sealed class Request(int number, long size, int from)
    {
        public int Number => number;

        public long Size => size;

        public int From => from;

        public int To { get; set; }

        public long Start { get; set; }
    }
}

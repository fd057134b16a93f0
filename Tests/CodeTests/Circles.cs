namespace Tests.CodeTests;

/// <summary>Who needs whom, with the reasons, and the circles in that.</summary>
internal sealed class Circles
{
    private readonly SortedDictionary<string, SortedDictionary<string, SortedSet<string>>> _edges = new(StringComparer.Ordinal);

    /// <summary>Says that one needs another; what needs itself is no circle.</summary>
    /// <param name="from">Who needs.</param>
    /// <param name="to">Who is needed.</param>
    /// <param name="reason">What shows it.</param>
    public void Add(string from, string to, string reason)
    {
        if (from == to)
        {
            return;
        }
        if (!_edges.TryGetValue(from, out SortedDictionary<string, SortedSet<string>>? needed))
        {
            _edges[from] = needed = new(StringComparer.Ordinal);
        }
        if (!needed.TryGetValue(to, out SortedSet<string>? reasons))
        {
            needed[to] = reasons = new(StringComparer.Ordinal);
        }
        reasons.Add(reason);
    }

    /// <summary>Whether one needs another by itself.</summary>
    public bool Contains(string from, string to) => NeededBy(from).Contains(to);

    /// <summary>
    /// Circles such that everything that lies in one lies in one of these, each the shortest through its first member, as text: a line for each step, with
    /// its reasons. None where there is none.
    /// </summary>
    public IReadOnlyList<string> Find()
    {
        var seen = new HashSet<string>();
        var circles = new List<string>();
        foreach (string start in _edges.Keys)
        {
            if (!seen.Contains(start) && Shortest(start) is { } circle)
            {
                seen.UnionWith(circle);
                circles.Add(Describe(circle));
            }
        }
        return circles;
    }

    private IEnumerable<string> NeededBy(string from) =>
        _edges.TryGetValue(from, out SortedDictionary<string, SortedSet<string>>? needed) ? needed.Keys : [];

    // Breadth first, from the start back to it.
    private List<string>? Shortest(string start)
    {
        var before = new Dictionary<string, string>();
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out string? at))
        {
            foreach (string next in NeededBy(at))
            {
                if (!before.TryAdd(next, at))
                {
                    continue;
                }
                if (next != start)
                {
                    open.Enqueue(next);
                    continue;
                }
                var circle = new List<string> { at };
                while (circle[^1] != start)
                {
                    circle.Add(before[circle[^1]]);
                }
                circle.Reverse();
                return circle;
            }
        }
        return null;
    }

    private string Describe(List<string> circle)
    {
        IEnumerable<string> steps = circle.Select(
            (from, i) =>
            {
                string to = circle[(i + 1) % circle.Count];
                return $"{from} → {to}: {string.Join(", ", _edges[from][to])}";
            }
        );
        return string.Join('\n', steps);
    }
}

namespace Agents.Programs.Planning;

/// <summary>The nodes that some values depend on, grouped so that each group depends on earlier ones alone: single nodes, and loops.</summary>
internal static class Components
{
    /// <summary>Groups in an order in which they can run; the nodes of a loop are in the order of one step.</summary>
    /// <exception cref="GraphException">A loop cannot run, or a delay was never closed.</exception>
    public static List<Node[]> Of(IEnumerable<Value> outputs)
    {
        // Tarjan 1972, without recursion: a group is complete once everything that it depends on is.
        var result = new List<Node[]>();
        var numbers = new Dictionary<Node, int>();
        var low = new Dictionary<Node, int>();
        var open = new Stack<Node>();
        var isOpen = new HashSet<Node>();
        var path = new Stack<Node>();
        var next = new Dictionary<Node, int>(); // the input of a node on the path that is looked at next
        foreach (Value output in outputs)
        {
            Enter(output.Node);
            while (path.TryPeek(out Node? node))
            {
                int i = next[node]++;
                if (i < node.Inputs.Length)
                {
                    Node input = node.Inputs[i].Node;
                    if (!numbers.TryGetValue(input, out int number))
                    {
                        Enter(input);
                    }
                    else if (isOpen.Contains(input))
                    {
                        low[node] = Math.Min(low[node], number);
                    }
                    continue;
                }
                path.Pop();
                if (path.TryPeek(out Node? outer))
                {
                    low[outer] = Math.Min(low[outer], low[node]);
                }
                if (low[node] == numbers[node])
                {
                    result.Add(Take(node));
                }
            }
        }
        return result;

        void Enter(Node node)
        {
            if (numbers.TryAdd(node, numbers.Count))
            {
                low[node] = numbers[node];
                open.Push(node);
                isOpen.Add(node);
                path.Push(node);
                next[node] = 0;
            }
        }

        Node[] Take(Node last)
        {
            var group = new List<Node>();
            Node node;
            do
            {
                node = open.Pop();
                isOpen.Remove(node);
                group.Add(node);
            } while (node != last);
            // Within a step everything was made after what it reads, but for what closes a delay.
            group.Sort((a, b) => a.Index.CompareTo(b.Index));
            Check(group);
            return [.. group];
        }
    }

    /// <summary>Whether a group is a loop over steps.</summary>
    public static bool IsLoop(Node[] group) => group.Length > 1;

    /// <summary>The direction of a loop's delays.</summary>
    public static DelayDirection DirectionOf(Node[] loop) => loop.Select(node => node.Operator).OfType<Delay>().First().Direction;

    private static void Check(List<Node> group)
    {
        if (group is [{ Operator: Delay } delay] && delay.Inputs[1].Node == delay)
        {
            throw new GraphException($"{delay.Title}: the delay was never closed. Say by Close what it delays.");
        }
        if (group.Count == 1)
        {
            return;
        }
        foreach (Node node in group)
        {
            string? obstacle = node.Operator.Access switch
            {
                RowAccess.EachRow or RowAccess.Delay => null,
                RowAccess.Reduction => "adds up all rows",
                RowAccess.AllRows => "reads other rows",
            };
            if (obstacle is not null)
            {
                throw new GraphException(
                    $"{node.Title}: it {obstacle}, and lies in a loop over steps through {group.First(other => other.Operator is Delay).Title}, where later rows are not known yet. Take it out of the loop."
                );
            }
        }
        Node[] delays = [.. group.Where(node => node.Operator is Delay)];
        if (Array.Find(delays, node => ((Delay)node.Operator).Direction != ((Delay)delays[0].Operator).Direction) is { } other)
        {
            throw new GraphException(
                $"{other.Title}: one loop reads the step before and the step behind, by it and by {delays[0].Title}, so that no step can be the first. Part them."
            );
        }
    }
}

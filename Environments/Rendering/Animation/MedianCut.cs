namespace Environments.Rendering.Animation;

/// <summary>Represents many colours by a few (Heckbert 1982): the box of colours with the largest weighted spread is split at its median, again and again.</summary>
internal sealed class MedianCut
{
    /// <summary>A reduction of counted colours, 0xAABBGGRR, to at most <paramref name="limit"/> ones.</summary>
    public MedianCut(Dictionary<uint, int> counts, int limit)
    {
        (uint Colour, int Count)[] colours = [.. counts.Select(entry => (entry.Key, entry.Value))];
        Array.Sort(colours, (a, b) => a.Colour.CompareTo(b.Colour)); // whatever the order of the dictionary
        var boxes = new PriorityQueue<(int First, int Length, int Channel), double>();
        Enqueue(0, colours.Length);
        var done = new List<(int First, int Length)>();
        while (
            boxes.Count + done.Count < limit
            && boxes.TryDequeue(out (int First, int Length, int Channel) box, out double priority)
        )
        {
            if (priority >= 0)
            {
                done.Add((box.First, box.Length)); // a single colour
                continue;
            }
            Span<(uint Colour, int Count)> part = colours.AsSpan(box.First, box.Length);
            int shift = 8 * box.Channel;
            part.Sort((a, b) => ((a.Colour >> shift) & 255).CompareTo((b.Colour >> shift) & 255));
            int head = HeadOf(part);
            Enqueue(box.First, head);
            Enqueue(box.First + head, box.Length - head);
        }
        foreach (((int first, int length, _), _) in boxes.UnorderedItems)
        {
            done.Add((first, length));
        }
        foreach ((int first, int length) in done)
        {
            ReadOnlySpan<(uint Colour, int Count)> part = colours.AsSpan(first, length);
            foreach ((uint colour, _) in part)
            {
                Indices.Add(colour, Colours.Count);
            }
            Colours.Add(MeanOf(part));
        }

        void Enqueue(int first, int length)
        {
            (int channel, double spread) = SpreadOf(colours.AsSpan(first, length));
            boxes.Enqueue((first, length, channel), -spread);
        }
    }

    /// <summary>The few colours.</summary>
    public List<uint> Colours { get; } = [];

    /// <summary>Which of them stands for each original.</summary>
    public Dictionary<uint, int> Indices { get; } = [];

    /// <summary>Colours in the half with the lesser values: split where half of the pixels lie on either side.</summary>
    private static int HeadOf(ReadOnlySpan<(uint Colour, int Count)> part)
    {
        long total = 0;
        foreach ((_, int count) in part)
        {
            total += count;
        }
        long sum = 0;
        int head = 0;
        while (head < part.Length - 1 && 2 * sum < total)
        {
            sum += part[head++].Count;
        }
        return Math.Max(1, head);
    }

    /// <summary>The channel with the greatest range, and that range weighted by how many pixels would gain from a split.</summary>
    private static (int Channel, double Spread) SpreadOf(ReadOnlySpan<(uint Colour, int Count)> part)
    {
        (int channel, int range) = (0, 0);
        long total = 0;
        foreach ((_, int count) in part)
        {
            total += count;
        }
        for (int c = 0; c < 3; c++)
        {
            (uint least, uint most) = (255, 0);
            foreach ((uint colour, _) in part)
            {
                uint value = (colour >> 8 * c) & 255;
                least = Math.Min(least, value);
                most = Math.Max(most, value);
            }
            if ((int)(most - least) > range)
            {
                (channel, range) = (c, (int)(most - least));
            }
        }
        return (channel, range * Math.Sqrt(total));
    }

    private static uint MeanOf(ReadOnlySpan<(uint Colour, int Count)> part)
    {
        Span<long> sums = stackalloc long[3];
        sums.Clear();
        long total = 0;
        foreach ((uint colour, int count) in part)
        {
            total += count;
            for (int c = 0; c < 3; c++)
            {
                sums[c] += count * (long)((colour >> 8 * c) & 255);
            }
        }
        uint mean = 0xFF000000;
        for (int c = 0; c < 3; c++)
        {
            mean |= (uint)((sums[c] + total / 2) / total) << 8 * c;
        }
        return mean;
    }
}

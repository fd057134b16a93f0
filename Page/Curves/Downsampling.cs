using Studies.Plotting;

namespace Page.Curves;

/// <summary>Fewer points for a curve than there are rows, with every peak and every trough.</summary>
internal static class Downsampling
{
    /// <summary>Points of a series: each row while there are few, else the smallest and the largest of neighbours in the order in which they came.</summary>
    /// <param name="series">The series.</param>
    /// <param name="axis">What the points lie along.</param>
    /// <param name="most">Most points, at least 4.</param>
    /// <returns>Places, always rising, and numbers, of the same length. The first place is that of the first row, the last one that of the last.</returns>
    public static (double[] X, double[] Y) Points(Series series, Axis axis, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 4);
        ReadOnlySpan<Bucket> buckets = series.Buckets;
        if (series.Rows <= most && series.Rows == buckets.Length)
        {
            return Each(buckets, axis);
        }
        int groups = Math.Min(most / 2, buckets.Length);
        var x = new double[2 * groups];
        var y = new double[2 * groups];
        for (int g = 0; g < groups; g++)
        {
            int from = (int)((long)buckets.Length * g / groups);
            int to = (int)((long)buckets.Length * (g + 1) / groups);
            Bucket joined = buckets[from];
            foreach (ref readonly Bucket bucket in buckets[(from + 1)..to])
            {
                joined = Bucket.Join(joined, bucket);
            }
            (x[2 * g], x[2 * g + 1]) = (joined.First(axis), joined.Last(axis));
            (y[2 * g], y[2 * g + 1]) = joined.MinIsFirst ? (joined.Min, joined.Max) : (joined.Max, joined.Min);
        }
        MakeRising(x);
        return (x, y);
    }

    /// <summary>Numbers of a series at given places, on the line between the means of its buckets.</summary>
    /// <param name="series">The series; without a row nothing is a number.</param>
    /// <param name="axis">What the places lie along.</param>
    /// <param name="places">Places, rising, none outside of the series.</param>
    public static double[] At(Series series, Axis axis, double[] places)
    {
        ReadOnlySpan<Bucket> buckets = series.Buckets;
        var middles = new double[buckets.Length];
        var means = new double[buckets.Length];
        for (int i = 0; i < buckets.Length; i++)
        {
            (middles[i], means[i]) = (Middle(buckets[i], axis), buckets[i].Mean);
        }
        return LinearInterpolation.At(middles, means, places);
    }

    /// <summary>The smallest and the largest number between each place and the one before it, so that no peak is lost between two of them.</summary>
    /// <param name="series">The series.</param>
    /// <param name="axis">What the places lie along.</param>
    /// <param name="places">Places, rising.</param>
    /// <param name="low">Numbers at the places, which the smallest take the place of.</param>
    /// <param name="high">Numbers at the places, which the largest take the place of.</param>
    public static void Widen(Series series, Axis axis, double[] places, double[] low, double[] high)
    {
        int next = 0;
        foreach (ref readonly Bucket bucket in series.Buckets)
        {
            while (next < places.Length && places[next] < bucket.First(axis))
            {
                next++;
            }
            for (int i = next; i < places.Length && bucket.Last(axis) >= places[0]; i++)
            {
                low[i] = Math.Min(low[i], bucket.Min);
                high[i] = Math.Max(high[i], bucket.Max);
                if (places[i] >= bucket.Last(axis))
                {
                    break;
                }
            }
        }
    }

    private static (double[] X, double[] Y) Each(ReadOnlySpan<Bucket> buckets, Axis axis)
    {
        var x = new double[buckets.Length];
        var y = new double[buckets.Length];
        for (int i = 0; i < buckets.Length; i++)
        {
            (x[i], y[i]) = (buckets[i].First(axis), buckets[i].Min);
        }
        MakeRising(x);
        return (x, y);
    }

    // Two points at one place would become one where curves are put together.
    private static void MakeRising(double[] x)
    {
        for (int i = 1; i < x.Length; i++)
        {
            x[i] = Math.Max(x[i], Math.BitIncrement(x[i - 1]));
        }
    }

    private static double Middle(in Bucket bucket, Axis axis) => (bucket.First(axis) + bucket.Last(axis)) / 2;
}

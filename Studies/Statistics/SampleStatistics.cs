using Studies.Claims;

namespace Studies.Statistics;

/// <summary>One number out of many, and what small samples cost.</summary>
internal static class SampleStatistics
{
    /// <summary>The statistic of a sample, which is sorted on the way. Infinite numbers make the result infinite where they take part.</summary>
    /// <param name="statistic">Which.</param>
    /// <param name="values">At least one number, none of them not a number.</param>
    public static double Of(Statistic statistic, Span<double> values)
    {
        values.Sort();
        int count = values.Length;
        return statistic switch
        {
            Statistic.Median => count % 2 == 1 ? values[count / 2] : Middle(values[count / 2 - 1], values[count / 2]),
            Statistic.Mean => Mean(values),
            Statistic.InterquartileMean => Mean(values[(count / 4)..(count - count / 4)]),
        };
    }

    /// <summary>
    /// Share that a bootstrap interval of percentiles cuts off at each end so that it covers 95 % for samples of n too
    /// (expanded percentiles, Hesterberg 2015, "What teachers should know about the bootstrap", section 5.3).
    /// </summary>
    /// <remarks>
    /// Plain percentiles are too narrow by √((n − 1) / n) and use the normal distribution's tail where Student's is due:
    /// α′/2 = Φ(−√(n / (n − 1)) · t(0.975; n − 1)).
    /// </remarks>
    /// <param name="count">Size of the smallest sample, at least 2.</param>
    public static double ExpandedTail(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        return NormalTail(Math.Sqrt(count / (count - 1.0)) * StudentQuantile(count - 1));
    }

    /// <summary>Probability that a standard normal number exceeds <paramref name="x"/>, 0 or more, by Simpson's rule.</summary>
    public static double NormalTail(double x)
    {
        const int parts = 4_000;
        const double width = 12;
        double sum = 0;
        for (int i = 0; i <= parts; i++)
        {
            double at = x + width * i / parts;
            double weight = i is 0 or parts ? 1 : 2 + i % 2 * 2;
            sum += weight * Math.Exp(-0.5 * at * at);
        }
        return sum * width / parts / 3 / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>Student's t below which 97.5 % lie, by bisection.</summary>
    /// <param name="degreesOfFreedom">At least 1.</param>
    public static double StudentQuantile(int degreesOfFreedom)
    {
        double low = 0;
        double high = 13; // 12.706 for one degree of freedom
        for (int i = 0; i < 80; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = StudentCentre(middle, degreesOfFreedom) < 0.95 ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }

    // Probability of |T| < t (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
    private static double StudentCentre(double t, int degreesOfFreedom)
    {
        double angle = Math.Atan(t / Math.Sqrt(degreesOfFreedom));
        double cosine = Math.Cos(angle);
        bool odd = degreesOfFreedom % 2 == 1;
        double term = odd ? cosine : 1;
        double sum = degreesOfFreedom == 1 ? 0 : term;
        for (int k = odd ? 3 : 2; k <= degreesOfFreedom - 2; k += 2)
        {
            term *= cosine * cosine * (k - 1) / k;
            sum += term;
        }
        return odd ? 2 / Math.PI * (angle + Math.Sin(angle) * sum) : Math.Sin(angle) * sum;
    }

    private static double Middle(double a, double b) => a == b ? a : (a + b) / 2;

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }
        return sum / values.Length;
    }
}

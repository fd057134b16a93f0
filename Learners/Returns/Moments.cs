namespace Learners.Returns;

/// <summary>Mean and mean squared deviation of numbers, in float64 and two passes.</summary>
/// <remarks>The mean of squares less the square of the mean, in one pass, is rounding where numbers differ little from their mean.</remarks>
internal static class Moments
{
    /// <summary>Of <paramref name="values"/>, at least one.</summary>
    public static (double Mean, double Variance) Of(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }
        double mean = sum / values.Length;
        double squares = 0;
        foreach (float value in values)
        {
            squares += (value - mean) * (value - mean);
        }
        return (mean, squares / values.Length);
    }

    /// <summary>Of a − b, element by element; both of one length.</summary>
    public static (double Mean, double Variance) OfDifferences(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] - b[i];
        }
        double mean = sum / a.Length;
        double squares = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double deviation = (double)a[i] - b[i] - mean;
            squares += deviation * deviation;
        }
        return (mean, squares / a.Length);
    }
}

namespace Studies.Plotting;

/// <summary>Numbers between rows, on the straight line from one row to the next.</summary>
internal static class LinearInterpolation
{
    /// <summary>Numbers at given places. Before the first row it is that of the first, after the last that of the last; without a row nothing is a number.</summary>
    /// <param name="x">Places of the rows, never falling.</param>
    /// <param name="y">Numbers of the rows.</param>
    /// <param name="places">Places that are asked for, never falling.</param>
    public static double[] At(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> places)
    {
        var result = new double[places.Length];
        if (x.IsEmpty)
        {
            Array.Fill(result, double.NaN);
            return result;
        }
        int next = 0;
        for (int i = 0; i < places.Length; i++)
        {
            while (next < x.Length && x[next] < places[i])
            {
                next++;
            }
            if (next == 0 || next == x.Length)
            {
                result[i] = y[next == 0 ? 0 : ^1];
                continue;
            }
            // The row before lies before the place and the next one does not, so they are apart.
            double share = (places[i] - x[next - 1]) / (x[next] - x[next - 1]);
            result[i] = y[next - 1] + share * (y[next] - y[next - 1]);
        }
        return result;
    }
}

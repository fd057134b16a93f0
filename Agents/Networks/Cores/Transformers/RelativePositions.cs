namespace Agents.Networks.Cores.Transformers;

/// <summary>Sinusoids of how many steps lie between query and key (Dai et al. 2019, section 3.3; Vaswani et al. 2017, section 3.5).</summary>
internal static class RelativePositions
{
    private const double Base = 10_000;

    /// <summary>R(d) = (sin d f_i …, cos d f_i …) with f_i = 10000^(−2i / width), i &lt; width / 2.</summary>
    /// <param name="distance">Steps from key to query, d.</param>
    /// <param name="row">Destination, <c>[width]</c>, of even length.</param>
    public static void Write(int distance, Span<float> row)
    {
        int half = row.Length / 2;
        for (int i = 0; i < half; i++)
        {
            double angle = distance * Math.Pow(Base, -2.0 * i / row.Length);
            row[i] = (float)Math.Sin(angle);
            row[half + i] = (float)Math.Cos(angle);
        }
    }

    /// <summary>Rows of the distances from <paramref name="largest"/> down to 0, <c>[largest + 1, width]</c>.</summary>
    public static float[] Table(int largest, int width)
    {
        var table = new float[(largest + 1) * width];
        for (int distance = 0; distance <= largest; distance++)
        {
            Write(distance, table.AsSpan((largest - distance) * width, width));
        }
        return table;
    }
}

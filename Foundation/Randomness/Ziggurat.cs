namespace Environments.Randomness;

/// <summary>Standard normal draws by the ziggurat of 256 layers (Marsaglia and Tsang 2000), laid out as NumPy's generator does.</summary>
/// <remarks>
/// A draw takes 64 bits: 8 choose a layer, one the sign, 52 the place in it. The same stream gives NumPy's numbers to a relative 1e-13; the
/// tables are computed here in float64, and NumPy's were rounded from more digits.
/// </remarks>
internal static class Ziggurat
{
    private const double TailStart = 3.6541528853610087963519472518; // r of 256 layers of equal area
    private const double BitScale = 1UL << 52;

    private static readonly double Area = Density(TailStart) * TailStart + TailArea();
    private static readonly ulong[] Inside = new ulong[256]; // places below it lie under the curve for certain
    private static readonly double[] Widths = new double[256];
    private static readonly double[] Heights = new double[256];

    static Ziggurat()
    {
        double edge = TailStart;
        Inside[0] = (ulong)(TailStart * Density(TailStart) / Area * BitScale);
        Widths[0] = Area / Density(TailStart) / BitScale;
        Heights[0] = 1;
        Widths[255] = edge / BitScale;
        Heights[255] = Density(edge);
        for (int i = 254; i > 0; i--)
        {
            double next = Math.Sqrt(-2 * Math.Log(Area / edge + Density(edge)));
            Inside[i + 1] = (ulong)(next / edge * BitScale);
            edge = next;
            Widths[i] = edge / BitScale;
            Heights[i] = Density(edge);
        }
    }

    /// <summary>The next draw.</summary>
    public static double Next(ref Pcg64 random)
    {
        while (true)
        {
            ulong bits = random.NextUInt64();
            int layer = (int)(bits & 0xFF);
            bool negative = (bits >> 8 & 1) != 0;
            ulong place = bits >> 9 & 0xFFFFFFFFFFFFF;
            double x = place * Widths[layer];
            if (place < Inside[layer])
            {
                return negative ? -x : x;
            }
            if (layer == 0)
            {
                double tail = Tail(ref random);
                return (place >> 8 & 1) != 0 ? -tail : tail;
            }
            if ((Heights[layer - 1] - Heights[layer]) * random.NextDouble() + Heights[layer] < Density(x))
            {
                return negative ? -x : x;
            }
        }
    }

    // Marsaglia's method for what lies beyond the last layer.
    private static double Tail(ref Pcg64 random)
    {
        while (true)
        {
            double x = -double.LogP1(-random.NextDouble()) / TailStart;
            double y = -double.LogP1(-random.NextDouble());
            if (y + y > x * x)
            {
                return TailStart + x;
            }
        }
    }

    private static double Density(double x) => Math.Exp(-0.5 * x * x);

    // ∫ from r to ∞ of exp(−x²/2), by its continued fraction.
    private static double TailArea()
    {
        double fraction = 0;
        for (int k = 200; k > 0; k--)
        {
            fraction = k / (TailStart + fraction);
        }
        return Density(TailStart) / (TailStart + fraction);
    }
}

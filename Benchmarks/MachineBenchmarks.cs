using Agents.Kernels;

namespace Benchmarks;

/// <summary>How fast this machine is, by which figures of different ones are compared.</summary>
internal static class MachineBenchmarks
{
    /// <summary>A product of matrices that fit into the nearest cache.</summary>
    public static IEnumerable<BenchmarkCase> Cases => [new("machine/product-64", Product)];

    private static BenchmarkResult[] Product(string name)
    {
        const int n = 64;
        var a = new float[n * n];
        var b = new float[n * n];
        var c = new float[n * n];
        (double[] seconds, double cpu, double bytes) = Stopwatches.Measure(count =>
        {
            for (int k = 0; k < count; k++)
            {
                MatrixProduct.Multiply(a, n, 1, b, [], c, n, n, n, accumulate: false);
            }
        });
        double[] rates = [.. seconds.Select(second => 2.0 * n * n * n / second / 1e9)];
        return [BenchmarkResult.Of(name, "managed", rates, "gflop/cpu_s", cpu, bytes)];
    }
}

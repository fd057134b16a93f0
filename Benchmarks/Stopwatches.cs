namespace Benchmarks;

/// <summary>Processor time, which other processes on a busy machine do not change.</summary>
internal static class Stopwatches
{
    private const int Repetitions = 5;
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(250);

    // The compiler replaces code in tiers and waits with that while new methods turn up; a slow operation needs seconds to be at its best.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    /// <summary>Processor seconds of this process so far.</summary>
    public static double CpuSeconds => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Processor seconds per call of a repeated operation, by repetition, and bytes per call.</summary>
    /// <param name="operation">Runs the operation the given number of times.</param>
    public static (double[] Seconds, double CpuSeconds, double AllocatedBytes) Measure(Action<int> operation)
    {
        double start = CpuSeconds;
        int count = 1;
        double elapsed;
        while (CpuSeconds - start < WarmUp.TotalSeconds)
        {
            operation(count);
        }
        while (true)
        {
            double before = CpuSeconds;
            operation(count);
            elapsed = CpuSeconds - before;
            if (elapsed >= Target.TotalSeconds)
            {
                break;
            }
            count =
                elapsed < Target.TotalSeconds / 20 ? count * 4 : (int)Math.Ceiling(count * 1.1 * Target.TotalSeconds / elapsed);
        }
        var seconds = new double[Repetitions];
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Repetitions; i++)
        {
            double before = CpuSeconds;
            operation(count);
            seconds[i] = (CpuSeconds - before) / count;
        }
        double allocated = (GC.GetAllocatedBytesForCurrentThread() - bytes) / ((double)count * Repetitions);
        return (seconds, CpuSeconds - start, allocated);
    }

    /// <summary>The middle one of an odd number of figures.</summary>
    public static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}

namespace Benchmarks;

/// <summary>One measured figure.</summary>
internal sealed record BenchmarkResult
{
    /// <summary>Stable name, such as <c>update/ppo-64</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Engine that was measured: managed, torch, or none where no network takes part.</summary>
    public required string Engine { get; init; }

    /// <summary>Median over the repetitions.</summary>
    public required double Value { get; init; }

    /// <summary>Smallest repetition.</summary>
    public required double Low { get; init; }

    /// <summary>Largest repetition.</summary>
    public required double High { get; init; }

    /// <summary>Unit of the figures, such as <c>us</c> or <c>steps/cpu_s</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>How many times faster than TorchSharp in the same run; null where it does not apply.</summary>
    public double? RatioToTorch { get; init; }

    /// <summary>Processor seconds of all repetitions.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Bytes allocated per operation on the measuring thread, after warm-up; null where other processes or threads take part.</summary>
    public double? AllocatedBytes { get; init; }

    /// <summary>The best figure measured for a peer, and whose; another machine's, so compare it only after scaling.</summary>
    public (double Value, string Whose)? Peer { get; init; }

    /// <summary>The figure of several repetitions, beside that of a peer.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="engine">Engine that was measured.</param>
    /// <param name="values">Figure of each repetition, of which there is an odd number.</param>
    /// <param name="unit">Their unit.</param>
    /// <param name="cpuSeconds">Processor seconds of all of them.</param>
    /// <param name="allocatedBytes">Bytes allocated per operation; null where that says nothing.</param>
    public static BenchmarkResult Of(
        string name,
        string engine,
        double[] values,
        string unit,
        double cpuSeconds,
        double? allocatedBytes
    ) =>
        new()
        {
            Name = name,
            Engine = engine,
            Value = Stopwatches.Median(values),
            Low = values.Min(),
            High = values.Max(),
            Unit = unit,
            CpuSeconds = cpuSeconds,
            AllocatedBytes = allocatedBytes,
            Peer = PeerFigures.Find(name),
        };
}

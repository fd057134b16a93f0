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
}

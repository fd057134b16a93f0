namespace Benchmarks;

/// <summary>Processor seconds of the command line in processes of its own.</summary>
internal static class ProcessBenchmarks
{
    // A2C with a larger step over a shorter run than the tuned settings, which aim at the score and not at the clock.
    private static readonly string[] FastestSolution =
    [
        "train",
        "CartPole-v1",
        "--agent",
        "a2c",
        "--steps",
        "300000",
        "--set",
        "a2c.learning_rate=4e-3",
        "stop_at_return=475",
        "evaluation.episodes=0",
        "evaluation.final_episodes=1",
    ];

    /// <summary>Until a task is solved, and until the program does anything.</summary>
    /// <param name="run">Runs the command line once a seed, and returns the processor seconds of each and of all.</param>
    public static IEnumerable<BenchmarkCase> Cases(Func<string[], (double[] CpuSeconds, double Total)> run)
    {
        BenchmarkResult[] Measure(string name, string engine, string[] arguments)
        {
            (double[] seconds, double total) = run(arguments);
            return [BenchmarkResult.Of(name, engine, seconds, "cpu_s", total, null)];
        }
        return
        [
            new("solve/cartpole", name => Measure(name, "managed", FastestSolution)),
            new("startup", name => Measure(name, "none", ["list"])),
        ];
    }
}

using System.Diagnostics;
using Environments;
using Environments.Remote;

namespace Benchmarks;

/// <summary>What a step of eight copies in Python costs beyond Python's own time, and the processor time of both sides.</summary>
internal static class BridgeBenchmarks
{
    private const int Copies = 8;
    private const int WarmUp = 2_000;
    private const int Steps = 2_000;
    private const int Repetitions = 5;

    /// <summary>Few numbers and many, through each lane.</summary>
    public static IEnumerable<BenchmarkCase> Cases =>
        from lane in (string[])["messages", "shm", "inprocess"]
        from one in (BenchmarkCase[])
            [new($"bridge/vectors-{lane}", name => Vectors(name, lane)), new($"bridge/frames-{lane}", name => Frames(name, lane))]
        select one;

    /// <summary>CartPole: four numbers a copy.</summary>
    private static BenchmarkResult[] Vectors(string name, string lane) =>
        Measure(name, $"gym:agents_bridge.samples:CartPole?lane={lane}");

    /// <summary>Four frames of 84 × 84 bytes a copy.</summary>
    private static BenchmarkResult[] Frames(string name, string lane) =>
        Measure(name, $"gym:agents_bridge.samples:Frames?lane={lane}");

    private static BenchmarkResult[] Measure(string name, string id)
    {
        using var environment = (RemoteEnvironment)EnvironmentRegistry.Default.Make(id, Copies);
        environment.Reset(1);
        var actions = new float[Copies];
        Run(environment, actions, WarmUp, []);
        var beyond = new double[Repetitions];
        var own = new double[Repetitions];
        var here = new double[Repetitions];
        var there = new double[Repetitions];
        double start = Stopwatches.CpuSeconds;
        for (int i = 0; i < Repetitions; i++)
        {
            double cpuHere = Stopwatches.CpuSeconds;
            double cpuThere = CpuThere(environment);
            var seconds = new List<(double All, double Python)>(Steps);
            Run(environment, actions, Steps, seconds);
            here[i] = (Stopwatches.CpuSeconds - cpuHere) / Steps;
            there[i] = (CpuThere(environment) - cpuThere) / Steps;
            // Of single steps the median: a step that the system interrupted says nothing about the bridge.
            beyond[i] = Stopwatches.Median([.. seconds.Select(step => step.All - step.Python)]);
            own[i] = Stopwatches.Median([.. seconds.Select(step => step.Python)]);
        }
        double total = Stopwatches.CpuSeconds - start;
        return
        [
            Figure(name, beyond, "us beyond Python's", total),
            Figure(name + "-python", own, "us in Python", total),
            Figure(name + "-cpu-here", here, "cpu_us/step", total),
            Figure(name + "-cpu-there", there, "cpu_us/step", total),
        ];
    }

    private static void Run(RemoteEnvironment environment, float[] actions, int steps, List<(double, double)> seconds)
    {
        for (int t = 0; t < steps; t++)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                actions[i] = (t + i) & 1;
            }
            long start = Stopwatch.GetTimestamp();
            environment.Step(actions);
            seconds.Add((Stopwatch.GetElapsedTime(start).TotalSeconds, environment.ServerSeconds));
        }
    }

    private static double CpuThere(RemoteEnvironment environment) =>
        environment.Lane is GrpcLane { Process: { } process } ? process.CpuSeconds : 0;

    private static BenchmarkResult Figure(string name, double[] seconds, string unit, double total) =>
        new()
        {
            Name = name,
            Engine = "none",
            Value = Stopwatches.Median(seconds) * 1e6,
            Low = seconds.Min() * 1e6,
            High = seconds.Max() * 1e6,
            Unit = unit,
            CpuSeconds = total,
        };
}

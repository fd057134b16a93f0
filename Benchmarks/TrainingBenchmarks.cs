using Agents.Networks;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;

namespace Benchmarks;

/// <summary>Environment steps per processor second of whole runs, each engine in the same one.</summary>
internal static class TrainingBenchmarks
{
    /// <summary>Short runs of CartPole.</summary>
    public static IEnumerable<BenchmarkCase> Cases =>
        [
            new("train/ppo-cartpole", name => Train(name, Speed("ppo"), 1_000_000)),
            new("train/a2c-cartpole", name => Train(name, Speed("a2c"), 1_000_000)),
            new("train/recurrent-ppo-cartpole", name => Train(name, Recurrent(), 100_000)),
        ];

    private static IEnumerable<BenchmarkResult> Train(string name, TrainingSettings settings, int managedSteps)
    {
        (double[] managed, double managedCpu) = Frames(EngineKind.Managed, settings, managedSteps);
        (double[] torch, double torchCpu) = Frames(EngineKind.Torch, settings, managedSteps / 10);
        double ratio = Stopwatches.Median(managed) / Stopwatches.Median(torch);
        yield return BenchmarkResult.Of(name, "managed", managed, "frames/cpu_s", managedCpu, null) with
        {
            RatioToTorch = ratio,
        };
        yield return BenchmarkResult.Of(name, "torch", torch, "frames/cpu_s", torchCpu, null) with
        {
            RatioToTorch = 1,
        };
    }

    private static (double[] FramesPerSecond, double Cpu) Frames(EngineKind kind, TrainingSettings settings, int steps)
    {
        settings = settings with { Engine = kind, TotalSteps = steps };
        double start = Stopwatches.CpuSeconds;
        var frames = new double[5];
        for (int i = -1; i < frames.Length; i++) // the first one warms up
        {
            string folder = Directory.CreateTempSubdirectory("agents-bench-").FullName;
            try
            {
                double before = Stopwatches.CpuSeconds;
                TrainingResult result = Trainer
                    .TrainAsync(settings with { Seed = (ulong)(i + 2) }, new TrainingOptions { OutputFolder = folder })
                    .GetAwaiter()
                    .GetResult();
                if (i >= 0)
                {
                    frames[i] = result.EnvironmentSteps / (Stopwatches.CpuSeconds - before);
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        return (frames, Stopwatches.CpuSeconds - start);
    }

    // The agents' defaults, without evaluations: speed does not depend on how well the tuned settings learn.
    private static TrainingSettings Speed(string agent) =>
        new()
        {
            Agent = AgentRegistry.Default.Find(agent).Defaults,
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };

    private static TrainingSettings Recurrent() =>
        Speed("ppo") with
        {
            Environment = "CartPoleNoVel-v1",
            Network = new NetworkSettings
            {
                HiddenSizes = [64],
                Core = "lstm",
                SharedTrunk = true,
            },
        };
}

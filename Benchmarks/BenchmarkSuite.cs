using Agents.Kernels;
using Agents.Networks;
using Environments;
using Environments.Randomness;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;

namespace Benchmarks;

/// <summary>What <c>agents bench</c> measures. Each figure is the median of five repetitions in processor time.</summary>
/// <remarks>Peers' figures are from another machine with an AVX-512 core; only ratios within one run carry over.</remarks>
internal sealed class BenchmarkSuite
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

    private static readonly (string Id, string Name, int[] Copies)[] Environments =
    [
        ("CartPole-v1", "cartpole", [8, 1_024]),
        ("MountainCar-v0", "mountaincar", [8, 1_024]),
        ("MountainCarContinuous-v0", "mountaincar-continuous", [8, 1_024]),
        ("Acrobot-v1", "acrobot", [8, 1_024]),
        ("Pendulum-v1", "pendulum", [8, 1_024]),
        ("MinAtar/Asterix-v1", "minatar-asterix", [64]),
        ("MinAtar/Breakout-v1", "minatar-breakout", [64]),
        ("MinAtar/Freeway-v1", "minatar-freeway", [64]),
        ("MinAtar/Seaquest-v1", "minatar-seaquest", [64]),
        ("MinAtar/SpaceInvaders-v1", "minatar-spaceinvaders", [64]),
        ("MiniGrid/DoorKey-8x8-v0", "minigrid-doorkey", [64]),
        ("FrozenLake-v1", "frozenlake", [64]),
        ("Taxi-v3", "taxi", [64]),
        ("CliffWalking-v0", "cliffwalking", [64]),
        ("Blackjack-v1", "blackjack", [64]),
        ("GridWorld/SerpentineMaze-v0", "serpentine-maze", [64]),
        ("Memory/RepeatPrevious-v0", "memory-repeat-previous", [64]),
    ];

    private readonly SortedDictionary<string, Func<IEnumerable<BenchmarkResult>>> _cases = new(StringComparer.Ordinal);

    /// <summary>The suite.</summary>
    /// <param name="runCommand">Runs the command line in processes of their own, one a seed, and returns the processor seconds of each.</param>
    public BenchmarkSuite(Func<string[], (double[] CpuSeconds, double Total)> runCommand)
    {
        foreach ((string id, string name, int[] counts) in Environments)
        {
            foreach (int copies in counts)
            {
                _cases.Add($"environment/{name}-{copies}", () => [StepEnvironment($"environment/{name}-{copies}", id, copies)]);
            }
        }
        foreach (int rows in (int[])[1, 8, 64, 1_024])
        {
            AddForward("mlp", NetworkBenchmarks.Kind.Vector, rows);
        }
        AddForward("gtrxl", NetworkBenchmarks.Kind.Transformer, 8);
        AddForward("integer", NetworkBenchmarks.Kind.Integer, 64);
        AddForward("conv", NetworkBenchmarks.Kind.Flags, 64);
        AddForward("conv-pixels", NetworkBenchmarks.Kind.Pixels, 8);
        foreach (int samples in (int[])[320, 640])
        {
            AddUpdate("a2c", NetworkBenchmarks.Kind.Vector, "a2c", samples);
            AddUpdate("acktr", NetworkBenchmarks.Kind.Vector, "acktr", samples);
        }
        foreach (int samples in (int[])[64, 256, 2_048])
        {
            AddUpdate("a2c", NetworkBenchmarks.Kind.Vector, "a2c", samples);
            AddUpdate("ppo", NetworkBenchmarks.Kind.Vector, "ppo", samples);
            AddUpdate("recurrent-ppo", NetworkBenchmarks.Kind.Recurrent, "ppo", samples);
        }
        AddUpdate("gtrxl-ppo", NetworkBenchmarks.Kind.Transformer, "ppo", 768);
        AddUpdate("integer-ppo", NetworkBenchmarks.Kind.Integer, "ppo", 256);
        AddUpdate("conv-a2c", NetworkBenchmarks.Kind.Flags, "a2c", 320);
        AddUpdate("conv-acktr", NetworkBenchmarks.Kind.Flags, "acktr", 320);
        AddUpdate("conv-ppo", NetworkBenchmarks.Kind.Flags, "ppo", 256);
        AddUpdate("conv-pixels-ppo", NetworkBenchmarks.Kind.Pixels, "ppo", 64);
        AddUpdate("conv-pixels-ppo", NetworkBenchmarks.Kind.Pixels, "ppo", 256);
        AddUpdate("wide-ppo", NetworkBenchmarks.Kind.Wide, "ppo", 2_048);
        _cases.Add("machine/product-64", () => [Product()]);
        _cases.Add("mujoco/halfcheetah", () => MuJoCoBenchmarks.HalfCheetah("mujoco/halfcheetah"));
        _cases.Add("mujoco/humanoid", () => MuJoCoBenchmarks.Humanoid("mujoco/humanoid"));
        _cases.Add("train/ppo-cartpole", () => Train("train/ppo-cartpole", Speed("ppo"), 1_000_000));
        _cases.Add("train/a2c-cartpole", () => Train("train/a2c-cartpole", Speed("a2c"), 1_000_000));
        _cases.Add("train/recurrent-ppo-cartpole", () => Train("train/recurrent-ppo-cartpole", Recurrent(), 100_000));
        _cases.Add("solve/cartpole", () => [RunProcess("solve/cartpole", runCommand, FastestSolution)]);
        _cases.Add("wire/pixels", () => WireBenchmarks.Pixels("wire/pixels", compress: true));
        _cases.Add("wire/pixels-uncompressed", () => WireBenchmarks.Pixels("wire/pixels-uncompressed", compress: false));
        _cases.Add("wire/vectors", () => WireBenchmarks.Vectors("wire/vectors"));
        foreach (string lane in (string[])["messages", "shm", "inprocess"])
        {
            _cases.Add($"bridge/vectors-{lane}", () => BridgeBenchmarks.Vectors($"bridge/vectors-{lane}", lane));
            _cases.Add($"bridge/frames-{lane}", () => BridgeBenchmarks.Frames($"bridge/frames-{lane}", lane));
        }
        _cases.Add("bridge/overlap", () => OverlapBenchmarks.Busy("bridge/overlap"));
        _cases.Add("bridge/overlap-waiting", () => OverlapBenchmarks.Idle("bridge/overlap-waiting"));
        _cases.Add("startup", () => [RunProcess("startup", runCommand, ["list"])]);
    }

    private void AddForward(string label, NetworkBenchmarks.Kind kind, int rows)
    {
        string name = $"act/{label}-{rows}";
        _cases.Add(name, () => Compare(name, engine => NetworkBenchmarks.Forward(engine, kind, rows)));
    }

    private void AddUpdate(string label, NetworkBenchmarks.Kind kind, string agent, int samples)
    {
        string name = $"update/{label}-{samples}";
        _cases.Add(name, () => Compare(name, engine => NetworkBenchmarks.Update(engine, kind, agent, samples)));
    }

    /// <summary>Names of all cases.</summary>
    public IEnumerable<string> Names => _cases.Keys;

    /// <summary>Measures the cases of the given names, or whose group or prefix is given; all where none is.</summary>
    /// <exception cref="UnknownNameException">A name fits no case.</exception>
    public IEnumerable<BenchmarkResult> Run(IReadOnlyList<string> names, Action<string> starting)
    {
        foreach (string name in names)
        {
            if (!_cases.Keys.Any(key => Fits(key, name)))
            {
                throw new UnknownNameException(
                    $"There is no benchmark '{name}'.{NearestName.Suggest(name, _cases.Keys)} 'agents bench --list' shows all."
                );
            }
        }
        foreach ((string key, Func<IEnumerable<BenchmarkResult>> run) in _cases)
        {
            if (names.Count == 0 || names.Any(name => Fits(key, name)))
            {
                starting(key);
                foreach (BenchmarkResult result in run())
                {
                    yield return result;
                }
            }
        }
    }

    private static bool Fits(string key, string name) =>
        key == name || key.StartsWith(name.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static BenchmarkResult StepEnvironment(string name, string id, int copies)
    {
        using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make(id, copies);
        environment.Reset(1);
        var random = new Pcg64(2);
        const int variety = 64;
        int size = environment.Spec.ActionSpace.Size;
        var actions = new float[variety][];
        for (int k = 0; k < variety; k++)
        {
            actions[k] = new float[copies * size];
            for (int b = 0; b < copies; b++)
            {
                environment.Spec.ActionSpace.Sample(ref random, actions[k].AsSpan(b * size, size));
            }
        }
        (double[] seconds, double cpu, double bytes) = Stopwatches.Measure(count =>
        {
            for (int k = 0; k < count; k++)
            {
                environment.Step(actions[k % variety]);
            }
        });
        return Result(name, "none", [.. seconds.Select(second => copies / second)], "steps/cpu_s", cpu, bytes / copies);
    }

    private static BenchmarkResult Product()
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
        return Result("machine/product-64", "managed", rates, "gflop/cpu_s", cpu, bytes);
    }

    private static IEnumerable<BenchmarkResult> Compare(
        string name,
        Func<EngineKind, (double[] Seconds, double Cpu, double Bytes)> measure
    )
    {
        (double[] managed, double managedCpu, double managedBytes) = measure(EngineKind.Managed);
        (double[] torch, double torchCpu, double torchBytes) = measure(EngineKind.Torch);
        double ratio = Stopwatches.Median(torch) / Stopwatches.Median(managed);
        yield return Result(name, "managed", Microseconds(managed), "us", managedCpu, managedBytes) with
        {
            RatioToTorch = ratio,
        };
        yield return Result(name, "torch", Microseconds(torch), "us", torchCpu, torchBytes) with
        {
            RatioToTorch = 1,
        };
    }

    private static IEnumerable<BenchmarkResult> Train(string name, TrainingSettings settings, int managedSteps)
    {
        (double[] managed, double managedCpu) = Frames(EngineKind.Managed, settings, managedSteps);
        (double[] torch, double torchCpu) = Frames(EngineKind.Torch, settings, managedSteps / 10);
        double ratio = Stopwatches.Median(managed) / Stopwatches.Median(torch);
        yield return Result(name, "managed", managed, "frames/cpu_s", managedCpu, null) with
        {
            RatioToTorch = ratio,
        };
        yield return Result(name, "torch", torch, "frames/cpu_s", torchCpu, null) with
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

    private static BenchmarkResult RunProcess(
        string name,
        Func<string[], (double[] CpuSeconds, double Total)> runCommand,
        string[] arguments
    )
    {
        (double[] seconds, double total) = runCommand(arguments);
        return Result(name, name == "startup" ? "none" : "managed", seconds, "cpu_s", total, null);
    }

    private static BenchmarkResult Result(string name, string engine, double[] values, string unit, double cpu, double? bytes) =>
        new()
        {
            Name = name,
            Engine = engine,
            Value = Stopwatches.Median(values),
            Low = values.Min(),
            High = values.Max(),
            Unit = unit,
            CpuSeconds = cpu,
            AllocatedBytes = bytes,
            Peer = PeerFigures.Find(name),
        };

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

    private static double[] Microseconds(double[] seconds) => [.. seconds.Select(second => second * 1e6)];
}

using Environments;
using Environments.MuJoCo;
using Environments.MuJoCo.Engine;
using Environments.MuJoCo.Tasks;
using Environments.Randomness;
using Environments.Spaces;

namespace Benchmarks;

/// <summary>Physics steps of an environment against a loop in C over the same model, actions and episodes, in turns in one run.</summary>
internal static class MuJoCoBenchmarks
{
    private const int Repetitions = 31; // in short turns: a shared machine's speed changes within seconds
    private const int Rows = 64; // different actions
    private const double TargetSeconds = 0.15; // processor time of a repetition
    private const int FrameSkip = 5;

    /// <summary>One task of cheap steps, and one of dear ones.</summary>
    public static IEnumerable<BenchmarkCase> Cases => [new("mujoco/halfcheetah", HalfCheetah), new("mujoco/humanoid", Humanoid)];

    /// <summary>HalfCheetah: cheap steps, so what surrounds them shows.</summary>
    private static List<BenchmarkResult> HalfCheetah(string name) => Compare<HalfCheetah>(name, "HalfCheetah-v5");

    /// <summary>Humanoid, which goes on after it has fallen, so that both sides play the same.</summary>
    private static List<BenchmarkResult> Humanoid(string name) =>
        Compare<Humanoid>(name, "Humanoid-v5?terminate_when_unhealthy=false");

    private static List<BenchmarkResult> Compare<TTask>(string name, string id)
        where TTask : unmanaged, IBuiltInTask<TTask>
    {
        using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make(
            $"{id}{(id.Contains('?') ? '&' : '?')}reset_noise_scale=0"
        );
        using MuJoCoModel model = MuJoCoEnvironments.LoadModel<TTask>();
        using var simulation = new MuJoCoSimulation(model);
        int episode = environment.Spec.MaxEpisodeSteps!.Value;
        Space actionSpace = environment.Spec.ActionSpace;
        var random = new Pcg64(2);
        var actions = new float[Rows * actionSpace.Size];
        for (int row = 0; row < Rows; row++)
        {
            actionSpace.Sample(ref random, actions.AsSpan(row * actionSpace.Size, actionSpace.Size));
        }
        int count = episode;
        for (double seconds = 0; seconds < TargetSeconds; )
        {
            seconds = Time(() => simulation.RunLoop(actions, FrameSkip, episode, count));
            count = seconds < TargetSeconds ? 2 * count : count;
        }
        var loop = new double[Repetitions];
        var own = new double[Repetitions];
        environment.Reset(1);
        Play(environment, actions, 8 * episode); // warms up
        long bytes = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            loop[i] = count * FrameSkip / Time(() => simulation.RunLoop(actions, FrameSkip, episode, count));
            environment.Reset(1);
            long before = GC.GetAllocatedBytesForCurrentThread();
            own[i] = count * FrameSkip / Time(() => Play(environment, actions, count));
            bytes += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        double[] ratios = [.. own.Zip(loop, (mine, theirs) => mine / theirs)];
        double cpu = loop.Concat(own).Sum(rate => count * FrameSkip / rate);
        return
        [
            Result(name, "none", own, "physics steps/cpu_s", cpu) with
            {
                AllocatedBytes = Math.Floor(bytes / ((double)Repetitions * count)),
            },
            Result($"{name}-c", "plain C loop", loop, "physics steps/cpu_s", cpu),
            Result($"{name}-ratio", "none", ratios, "x plain C loop", cpu),
        ];
    }

    private static void Play(IBatchedEnvironment environment, float[] actions, int count)
    {
        int size = environment.Spec.ActionSpace.Size;
        for (int k = 0; k < count; k++)
        {
            environment.Step(actions.AsSpan(k % Rows * size, size));
        }
    }

    private static double Time(Action action)
    {
        double before = Stopwatches.CpuSeconds;
        action();
        return Stopwatches.CpuSeconds - before;
    }

    private static BenchmarkResult Result(string name, string engine, double[] values, string unit, double cpu) =>
        new()
        {
            Name = name,
            Engine = engine,
            Value = Stopwatches.Median(values),
            Low = values.Min(),
            High = values.Max(),
            Unit = unit,
            CpuSeconds = cpu,
        };
}

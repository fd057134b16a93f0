using Environments;
using Environments.Randomness;

namespace Benchmarks;

/// <summary>Steps per processor second of batches of environments, with drawn actions.</summary>
internal static class EnvironmentBenchmarks
{
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

    /// <summary>One for each environment and number of copies.</summary>
    public static IEnumerable<BenchmarkCase> Cases =>
        from entry in Environments
        from copies in entry.Copies
        select new BenchmarkCase($"environment/{entry.Name}-{copies}", name => Step(name, entry.Id, copies));

    private static BenchmarkResult[] Step(string name, string id, int copies)
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
        double[] rates = [.. seconds.Select(second => copies / second)];
        return [BenchmarkResult.Of(name, "none", rates, "steps/cpu_s", cpu, bytes / copies)];
    }
}

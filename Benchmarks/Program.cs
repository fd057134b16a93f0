using System.Diagnostics;
using Environments;
using Environments.Randomness;

foreach (int count in new[] { 8, 1024, 8, 1024 })
{
    using var env = EnvironmentRegistry.Default.Make("CartPole-v1", count);
    env.Reset(1);
    var rng = new Pcg64(3);
    var actions = new float[64][];
    for (int k = 0; k < 64; k++)
    {
        actions[k] = new float[count];
        for (int i = 0; i < count; i++)
            actions[k][i] = rng.NextInt(0, 2);
    }
    for (int rep = 0; rep < 4; rep++)
    {
        int n = 20_000_000 / count;
        var t0 = Process.GetCurrentProcess().TotalProcessorTime;
        for (int k = 0; k < n; k++)
            env.Step(actions[k & 63]);
        var dt = (Process.GetCurrentProcess().TotalProcessorTime - t0).TotalSeconds;
        Console.WriteLine($"{count}: {n * (double)count / dt / 1e6:F1} M/s");
    }
}

using BenchmarkDotNet.Attributes;
using Environments;

namespace MicroBenchmarks;

/// <summary>What does handing a step over to threads cost?</summary>
[MemoryDiagnoser]
public class EnvironmentBenchmarks
{
    private IBatchedEnvironment _environment = null!;
    private float[] _actions = [];

    [Params("CartPole-v1", "Acrobot-v1")]
    public string Id { get; set; } = "";

    [Params(8, 1_024)]
    public int Copies { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _environment =
            Threads == 1
                ? EnvironmentRegistry.Default.Make(Id, Copies)
                : new ParallelEnvironment(size => EnvironmentRegistry.Default.Make(Id, size), Copies, Threads);
        _environment.Reset(1);
        _actions = new float[Copies];
    }

    [GlobalCleanup]
    public void Cleanup() => _environment.Dispose();

    [Benchmark]
    public void Step() => _environment.Step(_actions);
}

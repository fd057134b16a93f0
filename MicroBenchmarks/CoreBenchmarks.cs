using Agents.Networks;
using BenchmarkDotNet.Attributes;
using Environments.Randomness;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Engines;
using Learners.Objectives;

namespace MicroBenchmarks;

/// <summary>How long do losses and gradients of a network with a memory core of 64 units take, in plain C# and on tensors?</summary>
public class CoreBenchmarks
{
    private const int Actions = 4;

    private IGradientEngine _managed = null!;
    private IGradientEngine _torch = null!;
    private Batch _batch = null!;
    private double[] _losses = [];
    private float[] _logProbs = [];

    [Params("lstm", "ln_lstm", "fast_weights", "fs_rnn", "lru", "ppr")]
    public string Core { get; set; } = "";

    /// <summary>Steps and sequences, T × B.</summary>
    [Params("128x2", "16x64")]
    public string Rows { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        string[] sizes = Rows.Split('x');
        int steps = int.Parse(sizes[0], System.Globalization.CultureInfo.InvariantCulture);
        int rows = steps * int.Parse(sizes[1], System.Globalization.CultureInfo.InvariantCulture);
        var settings = new NetworkSettings
        {
            HiddenSizes = [64],
            Core = Core,
            SharedTrunk = true,
        };
        var spec = new NetworkSpec(new Box(-10, 10, 8), new Discrete(Actions), settings);
        Objective[] objectives = [new PolicyGradientObjective(), new ValueObjective(0.5f), new EntropyObjective(0.01f)];
        _batch = Minibatch.Create(spec, objectives, rows, steps);
        var random = new Pcg64(1);
        foreach (
            Column column in (Column[])[Column.Features(spec), Column.InitialCoreState(spec), Column.Advantages, Column.Returns]
        )
        {
            foreach (ref float number in _batch[column].AsSpan())
            {
                number = 0.1f * (float)random.NextGaussian();
            }
        }
        for (int row = 0; row < rows; row++)
        {
            _batch[Column.Actions(spec)][row] = random.NextInt(0, Actions);
        }
        Array.Fill(_batch[Column.BehaviourLogProbs], -MathF.Log(Actions));
        _managed = Engine(EngineKind.Managed);
        _torch = Engine(EngineKind.Torch);
        _losses = new double[objectives.Length];
        _logProbs = new float[rows];

        IGradientEngine Engine(EngineKind kind)
        {
            var stream = new Pcg64(2);
            IGradientEngine engine = GradientEngines.Create(
                kind,
                spec,
                ParameterInitializer.Create(new ParameterLayout(spec), ref stream)
            );
            engine.Use(objectives);
            return engine;
        }
    }

    [Benchmark]
    public void Managed() => Run(_managed);

    [Benchmark(Baseline = true)]
    public void Torch() => Run(_torch);

    [GlobalCleanup]
    public void Cleanup()
    {
        _managed.Dispose();
        _torch.Dispose();
    }

    private void Run(IGradientEngine engine)
    {
        engine.Backward(_batch, 0, _losses, _logProbs, null);
        engine.ParametersChanged();
    }
}

using Agents.Networks;
using Agents.Onnx;
using Agents.Policies;
using Agents.Policies.Acting;
using BenchmarkDotNet.Attributes;
using Environments.Randomness;
using Environments.Spaces;
using Microsoft.ML.OnnxRuntime;

namespace MicroBenchmarks;

/// <summary>How long does one action of one copy take, in this process and by its exported model in ONNX Runtime with everything bound beforehand?</summary>
[MemoryDiagnoser]
public class OnnxBenchmarks
{
    private const int Inputs = 4;

    private readonly float[] _observation = new float[Inputs];
    private readonly long[] _action = new long[1];
    private readonly OrtIoBinding[] _bindings = new OrtIoBinding[2]; // what one step leaves the other one reads
    private readonly List<OrtValue> _bound = [];
    private readonly RunOptions _run = new();
    private SavedPolicy _policy = null!;
    private PolicySession _session = null!;
    private InferenceSession _runtime = null!;
    private int _step;

    [Params("identity", "lstm")]
    public string Core { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var settings = new NetworkSettings { Core = Core, SharedTrunk = true };
        var spec = new NetworkSpec(new Box(-1, 1, Inputs), new Discrete(2), settings);
        var random = new Pcg64(1);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        _policy = new SavedPolicy(new PolicyInfo { Agent = "ppo", Environment = "Test-v0" }, spec, parameters, null);
        _session = new PolicySession(_policy, 1, new Pcg64(2), ActingPolicies.Greedy, values: false);
        OnnxModel model = OnnxExporter.Export(_policy);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _runtime = new InferenceSession(model.ToBytes(), options);
        for (int i = 0; i < _bindings.Length; i++)
        {
            _bindings[i] = _runtime.CreateIoBinding();
            _bindings[i].BindInput("observation", Bound(_observation, [1, Inputs]));
            _bindings[i].BindOutput("action", Bound(_action, [1]));
        }
        if (_policy.CoreStateSize > 0)
        {
            long[] shape = [1, _policy.CoreStateSize];
            OrtValue[] states = [Bound(new float[shape[1]], shape), Bound(new float[shape[1]], shape)];
            for (int i = 0; i < _bindings.Length; i++)
            {
                _bindings[i].BindInput("episode_start", Bound(new bool[1], [1]));
                _bindings[i].BindInput("core_state", states[i]);
                _bindings[i].BindOutput("next_core_state", states[1 - i]);
            }
        }
    }

    [Benchmark(Baseline = true)]
    public float Session()
    {
        _observation[0] = (_step++ & 15) * 0.01f;
        return _session.Act(_observation)[0];
    }

    [Benchmark]
    public float OnnxRuntime()
    {
        _observation[0] = (_step++ & 15) * 0.01f;
        _runtime.RunWithBinding(_run, _bindings[_step & 1]);
        return _action[0];
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        Array.ForEach(_bindings, binding => binding.Dispose());
        _bound.ForEach(value => value.Dispose());
        _run.Dispose();
        _runtime.Dispose();
        _policy.Dispose();
    }

    private OrtValue Bound<T>(T[] numbers, long[] shape)
        where T : unmanaged
    {
        _bound.Add(OrtValue.CreateTensorValueFromMemory(numbers, shape));
        return _bound[^1];
    }
}

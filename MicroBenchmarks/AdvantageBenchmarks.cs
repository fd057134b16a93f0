using BenchmarkDotNet.Attributes;
using Learners.Returns;

namespace MicroBenchmarks;

/// <summary>What do advantages cost beside an update?</summary>
[MemoryDiagnoser]
public class AdvantageBenchmarks
{
    private const int Copies = 8;
    private float[] _values = [];
    private float[] _advantages = [];

    [Params(20, 128, 2_048)]
    public int UnrollLength { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _values = new float[UnrollLength * Copies];
        Array.Fill(_values, 0.9f);
        _advantages = new float[_values.Length];
    }

    [Benchmark]
    public void Estimate() => GeneralizedAdvantage.Estimate(_values, _values, _values, _values, _values, _advantages, Copies);
}

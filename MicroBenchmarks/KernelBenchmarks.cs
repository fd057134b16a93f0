using Agents.Kernels;
using BenchmarkDotNet.Attributes;

namespace MicroBenchmarks;

/// <summary>How fast are the kernels at the sizes of small networks?</summary>
[MemoryDiagnoser]
public class KernelBenchmarks
{
    private const int Size = 64;
    private float[] _a = [];
    private float[] _b = [];
    private float[] _c = [];

    [Params(1, 8, 64)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _a = [.. Enumerable.Range(0, Rows * Size).Select(i => MathF.Sin(i))];
        _b = [.. Enumerable.Range(0, Size * Size).Select(i => MathF.Cos(i))];
        _c = new float[Rows * Size];
    }

    [Benchmark]
    public void Product() => MatrixProduct.Multiply(_a, Size, 1, _b, [], _c, Rows, Size, Size, accumulate: false);

    [Benchmark]
    public void Tanh() => Elementwise.Tanh(_a);

    [Benchmark]
    public void Sigmoid() => Elementwise.Sigmoid(_a);
}

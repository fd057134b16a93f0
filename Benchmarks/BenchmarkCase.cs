namespace Benchmarks;

/// <summary>Something that is measured.</summary>
/// <param name="Name">Stable name with its group, such as <c>update/ppo-64</c>.</param>
/// <param name="Measure">Measures it, given the name that its figures begin with.</param>
internal sealed record BenchmarkCase(string Name, Func<string, IEnumerable<BenchmarkResult>> Measure);

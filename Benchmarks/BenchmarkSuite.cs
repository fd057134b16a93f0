using Environments;

namespace Benchmarks;

/// <summary>What <c>agents bench</c> measures. Each figure is the median of five repetitions in processor time.</summary>
/// <remarks>Peers' figures are from another machine with an AVX-512 core; only ratios within one run carry over.</remarks>
internal sealed class BenchmarkSuite
{
    private readonly SortedDictionary<string, BenchmarkCase> _cases = new(StringComparer.Ordinal);

    /// <summary>The suite.</summary>
    /// <param name="runCommand">Runs the command line in processes of their own, one a seed, and returns the processor seconds of each.</param>
    public BenchmarkSuite(Func<string[], (double[] CpuSeconds, double Total)> runCommand)
    {
        IEnumerable<BenchmarkCase> cases =
        [
            .. EnvironmentBenchmarks.Cases,
            .. NetworkBenchmarks.Cases,
            .. MachineBenchmarks.Cases,
            .. MuJoCoBenchmarks.Cases,
            .. TrainingBenchmarks.Cases,
            .. ProcessBenchmarks.Cases(runCommand),
            .. WireBenchmarks.Cases,
            .. BridgeBenchmarks.Cases,
            .. OverlapBenchmarks.Cases,
        ];
        foreach (BenchmarkCase one in cases)
        {
            _cases.Add(one.Name, one);
        }
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
        foreach ((string key, BenchmarkCase one) in _cases)
        {
            if (names.Count == 0 || names.Any(name => Fits(key, name)))
            {
                starting(key);
                foreach (BenchmarkResult result in one.Measure(key))
                {
                    yield return result;
                }
            }
        }
    }

    private static bool Fits(string key, string name) =>
        key == name || key.StartsWith(name.TrimEnd('/') + "/", StringComparison.Ordinal);
}

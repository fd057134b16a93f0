using Agents.Yaml;

namespace Benchmarks;

/// <summary>What peers did, from <c>Benchmarks/peers</c>.</summary>
internal static class PeerFigures
{
    private const string Resource = "Benchmarks/peers/figures.yaml";

    private static readonly Lazy<Dictionary<string, (double Value, string Whose)>> Figures = new(Read);

    /// <summary>The best figure of a peer for a benchmark, and whose it is; null where none was measured.</summary>
    public static (double Value, string Whose)? Find(string name) =>
        Figures.Value.TryGetValue(name, out (double Value, string Whose) figure) ? figure : null;

    /// <summary>Benchmarks for which there is one.</summary>
    public static IEnumerable<string> Names => Figures.Value.Keys;

    private static Dictionary<string, (double Value, string Whose)> Read()
    {
        using var reader = new StreamReader(typeof(PeerFigures).Assembly.GetManifestResourceStream(Resource)!);
        PeersDocument document = StrictYaml.Bind<PeersDocument>(StrictYaml.Parse(reader.ReadToEnd(), Resource), Resource);
        return document
            .Machines.SelectMany(machine =>
                machine.Figures.Select(figure =>
                    (figure.Name, figure.Value, Whose: $"{figure.Whose}; {machine.Name}, {machine.Date}")
                )
            )
            .GroupBy(figure => figure.Name)
            .ToDictionary(group => group.Key, group => (group.Last().Value, group.Last().Whose)); // the latest machine's
    }
}

/// <summary>The contents of the file.</summary>
internal sealed record PeersDocument
{
    /// <summary>Machines in the order of their dates.</summary>
    public PeerMachine[] Machines { get; init; } = [];
}

/// <summary>What was measured on one machine.</summary>
internal sealed record PeerMachine
{
    /// <summary>What it is.</summary>
    public string Name { get; init; } = "";

    /// <summary>When.</summary>
    public string Date { get; init; } = "";

    /// <summary>Figures in the units of 'agents bench'.</summary>
    public PeerFigure[] Figures { get; init; } = [];
}

/// <summary>One figure.</summary>
internal sealed record PeerFigure
{
    /// <summary>Name of the benchmark.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the peer reached.</summary>
    public double Value { get; init; }

    /// <summary>Who it is.</summary>
    public string Whose { get; init; } = "";
}

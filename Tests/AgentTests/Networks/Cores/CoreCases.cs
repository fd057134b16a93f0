using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Networks.Cores.Transformers;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>Small networks with every core of the table that remembers something, and with further settings of some.</summary>
internal static class CoreCases
{
    private static readonly TransformerSettings Transformer = new()
    {
        Layers = 2,
        Heads = 2,
        HeadSize = 5,
        FeedForwardSize = 12,
        MemoryLength = 4, // shorter than episodes here
    };

    /// <summary>Settings by name. A new core is among them by its line in the table.</summary>
    public static IReadOnlyDictionary<string, NetworkSettings> All { get; } = Create();

    private static Dictionary<string, NetworkSettings> Create()
    {
        var cases = new Dictionary<string, NetworkSettings>();
        foreach (CoreEntry entry in MemoryCores.All)
        {
            if (entry.Create(Small(entry.Name).OfCore, 8).State.Count > 0)
            {
                cases.Add(entry.Name, Small(entry.Name) with { SharedTrunk = true });
                cases.Add($"{entry.Name}, one for actor and critic each", Small(entry.Name));
            }
        }
        foreach (GateKind gate in Enum.GetValues<GateKind>().Where(gate => gate != GateKind.Gru))
        {
            cases.Add(
                $"gtrxl, {gate}",
                Small("gtrxl") with
                {
                    SharedTrunk = true,
                    Transformer = Transformer with { Gate = gate },
                }
            );
        }
        cases.Add(
            "trxl",
            Small("gtrxl") with
            {
                SharedTrunk = true,
                Transformer = Transformer with { Norm = NormPlacement.Post, Gate = GateKind.Residual },
            }
        );
        cases.Add(
            "gtrxl, no encoder and a memory longer than episodes",
            Small("gtrxl") with
            {
                HiddenSizes = [],
                Transformer = Transformer with { Layers = 1, Heads = 3, HeadSize = 4, MemoryLength = 40 },
            }
        );
        return cases;
    }

    private static NetworkSettings Small(string core) =>
        new()
        {
            HiddenSizes = [8],
            Core = core,
            CoreSize = 10,
            Transformer = Transformer,
        };
}

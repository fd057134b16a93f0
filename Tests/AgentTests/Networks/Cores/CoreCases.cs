using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Networks.Cores.PerceptionPredictionReaction;
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
        void Add(string name, NetworkSettings settings) => cases.Add(name, WithHeadOnEveryBranch(settings));
        foreach (CoreEntry entry in MemoryCores.All)
        {
            if (entry.Create(Small(entry.Name).OfCore, 8).State.Count > 0)
            {
                Add(entry.Name, Small(entry.Name) with { SharedTrunk = true });
                Add($"{entry.Name}, one for actor and critic each", Small(entry.Name));
            }
        }
        foreach (GateKind gate in Enum.GetValues<GateKind>().Where(gate => gate != GateKind.Gru))
        {
            Add($"gtrxl, {gate}", Small("gtrxl") with { SharedTrunk = true, Transformer = Transformer with { Gate = gate } });
        }
        Add(
            "trxl",
            Small("gtrxl") with
            {
                SharedTrunk = true,
                Transformer = Transformer with { Norm = NormPlacement.Post, Gate = GateKind.Residual },
            }
        );
        Add(
            "gtrxl, no encoder and a memory longer than episodes",
            Small("gtrxl") with
            {
                HiddenSizes = [],
                Transformer = Transformer with { Layers = 1, Heads = 3, HeadSize = 4, MemoryLength = 40 },
            }
        );
        PprSettings ppr = new();
        Add(
            "ppr, no resets, and the mean of an interval",
            Ppr(ppr with { ResetPerception = false, ResetReaction = false, ResetPrediction = false, SlowInput = SlowInput.Mean })
        );
        Add(
            "ppr, prediction by the phase alone, and a slow core that counts",
            Ppr(
                ppr with
                {
                    ResetReaction = false,
                    SlowToPrediction = false,
                    SlowInput = SlowInput.None,
                    SlowSize = 3,
                    Period = 3,
                }
            )
        );
        return cases;

        static NetworkSettings Ppr(PprSettings settings) => Small("ppr") with { SharedTrunk = true, CoreSettings = settings };
    }

    // The policy and the value read the first branch.
    private static NetworkSettings WithHeadOnEveryBranch(NetworkSettings settings)
    {
        string[] trunks = settings.SharedTrunk == true ? [Head.ActorTrunk] : [Head.ActorTrunk, Head.CriticTrunk];
        return settings with
        {
            Heads =
            [
                .. MemoryCores
                    .Create(settings.OfCore, 8)
                    .Branches.Skip(1)
                    .SelectMany(branch =>
                        trunks.Select(trunk => new HeadSettings
                        {
                            Name = $"{trunk}_{branch.Name}",
                            Size = 2,
                            Trunk = trunk,
                            Branch = branch.Name,
                        })
                    ),
            ],
        };
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

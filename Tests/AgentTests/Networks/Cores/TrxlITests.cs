using Agents.Networks;
using Agents.Networks.Transformers;
using Tests.Contracts;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>TrXL-I: normalisation first, additions for gates.</summary>
public sealed class TrxlITests : MemoryCoreContract
{
    protected override NetworkSettings Settings =>
        new()
        {
            HiddenSizes = [8],
            Core = "gtrxl",
            CoreSize = 10,
            SharedTrunk = true,
            Transformer = new TransformerSettings
            {
                Layers = 2,
                Heads = 2,
                HeadSize = 5,
                FeedForwardSize = 12,
                MemoryLength = 4,
                Gate = GateKind.Residual,
            },
        };
}

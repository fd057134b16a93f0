using Agents.Networks;
using Agents.Networks.Transformers;
using Tests.Contracts;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>GTrXL with output gates.</summary>
public sealed class OutputGateTests : MemoryCoreContract
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
                Gate = GateKind.Output,
            },
        };
}

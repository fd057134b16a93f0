using Agents.Networks;
using Agents.Networks.Transformers;
using Tests.Contracts;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>GTrXL as the paper has it, that actor and critic share.</summary>
public sealed class GtrxlTests : MemoryCoreContract
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
            },
        };
}

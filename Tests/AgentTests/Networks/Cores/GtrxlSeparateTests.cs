using Agents.Networks;
using Agents.Networks.Transformers;
using Tests.Contracts;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>GTrXL beside another of the critic, with a memory longer than the sequences and no encoder.</summary>
public sealed class GtrxlSeparateTests : MemoryCoreContract
{
    protected override NetworkSettings Settings =>
        new()
        {
            HiddenSizes = [],
            Core = "gtrxl",
            CoreSize = 8,
            Transformer = new TransformerSettings
            {
                Layers = 1,
                Heads = 3,
                HeadSize = 4,
                FeedForwardSize = 6,
                MemoryLength = 40,
            },
        };
}

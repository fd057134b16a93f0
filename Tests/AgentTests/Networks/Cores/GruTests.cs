using Agents.Networks;
using Tests.Contracts;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>A GRU that actor and critic share.</summary>
public sealed class GruTests : MemoryCoreContract
{
    protected override NetworkSettings Settings =>
        new()
        {
            HiddenSizes = [8],
            Core = "gru",
            CoreSize = 10,
            SharedTrunk = true,
        };
}

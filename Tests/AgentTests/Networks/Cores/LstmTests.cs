using Agents.Networks;
using Tests.Contracts;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>An LSTM beside another of the critic.</summary>
public sealed class LstmTests : MemoryCoreContract
{
    protected override NetworkSettings Settings =>
        new()
        {
            HiddenSizes = [8],
            Core = "lstm",
            CoreSize = 10,
        };
}

using Agents.Networks;
using Agents.Torch;

namespace Tests.AgentTests.Networks;

/// <summary>Networks on tensors.</summary>
internal static class TorchNetworks
{
    public static ProgramNetwork Create(NetworkSpec spec, float[] parameters) => new(spec, parameters, TorchExecutor.Processor);
}

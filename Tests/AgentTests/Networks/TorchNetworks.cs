using Agents.Networks;
using Agents.Torch;

namespace Tests.AgentTests.Networks;

/// <summary>Networks on tensors.</summary>
internal static class TorchNetworks
{
    public static IActorCriticNetwork Create(NetworkSpec spec, float[] parameters) =>
        ActorCriticNetworks.IsGraph(spec)
            ? new ProgramNetwork(spec, parameters, TorchExecutor.OnCpu)
            : new TorchActorCritic(spec, parameters);
}

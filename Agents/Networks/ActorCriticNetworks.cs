using Agents.Networks.Managed;

namespace Agents.Networks;

/// <summary>Chooses what computes a network in plain C#.</summary>
internal static class ActorCriticNetworks
{
    /// <summary>A network over a flat buffer.</summary>
    /// <param name="spec">What to build.</param>
    /// <param name="parameters">Buffer in the order of <see cref="ParameterLayout"/>; null for one of its own, all 0.</param>
    public static IActorCriticNetwork Create(NetworkSpec spec, float[]? parameters = null) =>
        IsGraph(spec) ? new ProgramNetwork(spec, parameters) : new ManagedActorCritic(spec, parameters);

    /// <summary>Whether a network has a form as a graph; gated transformers are layers of their own yet.</summary>
    public static bool IsGraph(NetworkSpec spec) =>
        spec.Settings.Core switch
        {
            CoreKind.Identity or CoreKind.Lstm or CoreKind.Gru => true,
            CoreKind.Gtrxl => false,
        };
}

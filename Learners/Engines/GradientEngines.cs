using Agents.Networks;

namespace Learners.Engines;

/// <summary>Chooses the engine that computes gradients.</summary>
internal static class GradientEngines
{
    /// <summary>The engine of a kind; auto takes the managed one where it supports the network, and else lets it do what needs no gradient.</summary>
    /// <param name="kind">Which engine.</param>
    /// <param name="spec">Network.</param>
    /// <param name="parameters">Initial parameters, pinned; owned by the engine from here on.</param>
    /// <exception cref="NotSupportedException">The managed engine was asked for by name but does not support the network.</exception>
    public static IGradientEngine Create(EngineKind kind, NetworkSpec spec, float[] parameters)
    {
        string? obstacle = Agents.Networks.Managed.ManagedActorCritic.WhyNot(spec);
        if (kind == EngineKind.Managed && obstacle is not null)
        {
            throw new NotSupportedException(
                $"The managed engine cannot compute this network: {obstacle} Use engine torch or auto."
            );
        }
        if (kind == EngineKind.Auto && obstacle is not null)
        {
            return new TorchGradientEngine(spec, parameters, managedForward: true);
        }
        return kind == EngineKind.Torch ? new TorchGradientEngine(spec, parameters) : new ManagedGradientEngine(spec, parameters);
    }
}

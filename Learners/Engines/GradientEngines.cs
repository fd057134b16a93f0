using Agents.Networks;

namespace Learners.Engines;

/// <summary>Chooses the engine that computes gradients.</summary>
internal static class GradientEngines
{
    /// <summary>The engine of a kind; auto takes the managed one.</summary>
    /// <param name="kind">Which engine.</param>
    /// <param name="spec">Network.</param>
    /// <param name="parameters">Initial parameters, pinned; owned by the engine from here on.</param>
    public static IGradientEngine Create(EngineKind kind, NetworkSpec spec, float[] parameters) =>
        kind switch
        {
            EngineKind.Auto or EngineKind.Managed => new ManagedGradientEngine(spec, parameters),
            EngineKind.Torch => new TorchGradientEngine(spec, parameters),
        };
}

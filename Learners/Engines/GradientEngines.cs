using Agents.Networks;

namespace Learners.Engines;

/// <summary>Chooses the engine that computes gradients.</summary>
internal static class GradientEngines
{
    // Rows of which a second-order optimiser gathers statistics together.
    private const int StatisticsRows = 64;

    /// <summary>The engine of a kind; auto takes the managed one.</summary>
    /// <param name="kind">Which engine.</param>
    /// <param name="spec">Network.</param>
    /// <param name="parameters">Initial parameters; owned by the engine from here on.</param>
    /// <exception cref="Agents.Yaml.SettingsException">The engine is in a package that is not there.</exception>
    public static IGradientEngine Create(EngineKind kind, NetworkSpec spec, float[] parameters) =>
        kind switch
        {
            EngineKind.Auto or EngineKind.Managed => new ProgramGradientEngine(spec, parameters, null, StatisticsRows),
            EngineKind.Torch => new ProgramGradientEngine(spec, parameters, TorchPackage.Require().OnCpu, statisticsRows: 0),
        };
}

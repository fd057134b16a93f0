namespace Environments.Tabular;

/// <summary>An environment that knows its own exact dynamics. Implemented beside <see cref="IEnvironment"/> by the same struct.</summary>
public interface ITabularEnvironment
{
    /// <summary>The dynamics, shared by all copies; also found as <see cref="EnvironmentSpec.Model"/>.</summary>
    ITabularModel Model { get; }

    /// <summary>The state after the latest reset or step, in [0, <see cref="ITabularModel.StateCount"/>).</summary>
    int State { get; }
}

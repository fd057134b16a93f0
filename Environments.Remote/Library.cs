using Environments.Naming;
using Environments.Remote.Atari;

namespace Environments.Remote;

/// <summary>What the registry of environments finds here.</summary>
internal sealed class Library : RemoteLibrary
{
    /// <inheritdoc/>
    public override (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create) Resolve(RemoteId id) =>
        RemoteEnvironments.Resolve(id, spec => spec);

    /// <inheritdoc/>
    public override (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create) ResolveAtari(string id) =>
        AtariEnvironments.Resolve(id);
}

using Agents.Networks;
using Agents.Yaml;

namespace Learners.Engines;

/// <summary>The tensor library's executor, which is in a package of its own and is looked for where it is needed.</summary>
internal static class TorchPackage
{
    private const string Name = "RlAgents.Torch"; // of package and assembly
    private const string Implementation = $"Agents.Torch.TorchExecutor, {Name}";

    private static readonly Lazy<ReferenceExecutor?> Found = new(Find);

    /// <summary>Native tensors alive in this process; 0 as long as nothing needed the tensor library.</summary>
    public static long LiveTensors => Found is { IsValueCreated: true, Value: { } executor } ? executor.LiveArrays : 0;

    /// <summary>The executor.</summary>
    /// <exception cref="SettingsException">The package is not there.</exception>
    public static ReferenceExecutor Require() =>
        Found.Value
        ?? throw new SettingsException(
            $"The engine torch needs the package {Name}, which this program does not have. Add it (dotnet add package {Name}), or set engine: managed."
        );

    private static ReferenceExecutor? Find() =>
        Type.GetType(Implementation) is { } executor ? (ReferenceExecutor)Activator.CreateInstance(executor)! : null;
}

namespace Environments.MuJoCo.Tasks;

/// <summary>A task that the registry knows, made from the options behind its id.</summary>
internal interface IBuiltInTask<TTask> : IMuJoCoTask
    where TTask : unmanaged, IBuiltInTask<TTask>
{
    /// <summary>What can be set; names and defaults are Gymnasium's.</summary>
    static abstract IReadOnlyList<EnvironmentOption> Options { get; }

    /// <summary>The task with the given options.</summary>
    static abstract TTask Create(EnvironmentOptions options);
}

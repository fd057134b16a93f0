namespace Environments.Naming;

/// <summary>
/// Makes environments that other processes step, by their ids. They are a library of their own, <c>Environments.Remote</c>, so that a program without
/// them carries neither gRPC nor Python; it is found by its name as soon as an id asks for it.
/// </summary>
internal abstract class RemoteLibrary
{
    private const string Implementation = "Environments.Remote.Library, RlAgents.Environments.Remote";

    private static readonly Lazy<RemoteLibrary?> Found = new(() =>
        Type.GetType(Implementation) is { } type ? (RemoteLibrary)Activator.CreateInstance(type, nonPublic: true)! : null
    );

    /// <summary>The library.</summary>
    /// <param name="id">Who asks for it.</param>
    /// <exception cref="NotSupportedException">The program does not refer to it.</exception>
    public static RemoteLibrary For(string id) =>
        Found.Value
        ?? throw new NotSupportedException(
            $"'{id}' is stepped by another process, for which this program has no library. Add the package RlAgents.Environments.Remote."
        );

    /// <summary>The specification of an id, and how to make a batch of a number of copies with a limit of steps, null for none.</summary>
    public abstract (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create) Resolve(RemoteId id);

    /// <summary>As <see cref="Resolve"/>, of the id of an Atari game, known without asking Python.</summary>
    public abstract (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create) ResolveAtari(string id);
}

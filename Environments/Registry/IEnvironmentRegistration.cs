namespace Environments;

/// <summary>
/// Registers environments of an assembly that an <see cref="EnvironmentAttribute"/> cannot describe: asynchronous ones, batches, and those with options. Found by
/// <see cref="EnvironmentRegistry.RegisterAssembly"/> and <c>--assembly</c>.
/// </summary>
/// <remarks>Implement it in a public class with a constructor without parameters.</remarks>
public interface IEnvironmentRegistration
{
    /// <summary>Adds the environments.</summary>
    /// <param name="registry">Where to.</param>
    void Register(EnvironmentRegistry registry);
}

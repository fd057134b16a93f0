namespace Environments.Checking;

/// <summary>A batch that can give one of its simulations alone, without the loop around it.</summary>
internal interface ISimulations
{
    /// <summary>A new simulation; boxed where it is a struct.</summary>
    IEnvironment CreateCopy();
}

namespace Environments;

/// <summary>
/// Is told the seed itself, for a simulation that draws from a generator of its own kind or remembers something across episodes. Implemented
/// beside <see cref="IEnvironment"/> by the same type.
/// </summary>
public interface ISeededEnvironment
{
    /// <summary>Forgets all earlier episodes, so that the seed decides everything that follows. A reset comes next.</summary>
    /// <param name="seed">This copy's seed: the batch's plus the copy's index.</param>
    void Seed(ulong seed);
}

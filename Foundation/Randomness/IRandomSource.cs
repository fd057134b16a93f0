namespace Environments.Randomness;

/// <summary>The draws that the rules of a game make, so that one body of rules plays from any generator.</summary>
public interface IRandomSource
{
    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    double NextDouble();

    /// <summary>Uniform integer in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    int NextInt(int low, int high);
}

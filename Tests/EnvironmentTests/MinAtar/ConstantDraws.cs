using Environments.Randomness;

namespace Tests.EnvironmentTests.MinAtar;

/// <summary>Draws the same numbers for ever and counts how often it was asked for a real one.</summary>
internal struct ConstantDraws(double real, int integer) : IRandomSource
{
    public int Reals { get; private set; }

    public double NextDouble()
    {
        Reals++;
        return real;
    }

    public readonly int NextInt(int low, int high) => Math.Clamp(integer, low, high - 1);
}

using Environments;
using Environments.Randomness;

namespace Tests.EnvironmentTests.ClassicControl;

/// <summary>Runs a simulation from a given state for a number of steps.</summary>
internal static class ClosedCheck
{
    /// <summary>The observation after <paramref name="steps"/> steps, and the sum of rewards on the way.</summary>
    /// <param name="simulation">In its starting state; a copy is stepped.</param>
    /// <param name="steps">Steps to take.</param>
    /// <param name="action">The action of step t.</param>
    public static (float[] Observation, double RewardSum) Run<TEnvironment>(
        TEnvironment simulation,
        int steps,
        Func<int, double> action
    )
        where TEnvironment : struct, IEnvironment
    {
        var observation = new float[simulation.ObservationSpace.Size];
        var random = new Pcg64(0);
        double sum = 0;
        for (int t = 0; t < steps; t++)
        {
            sum += simulation.Step([(float)action(t)], observation, ref random).Reward;
        }
        return (observation, sum);
    }
}

using Environments;
using Environments.Randomness;

namespace Tests.EnvironmentTests.MinAtar;

/// <summary>Plays with uniformly random actions.</summary>
internal static class RandomPlay
{
    /// <summary>Mean return and its standard error over the first episodes of each copy, as many of each so that short ones are not counted more often.</summary>
    public static (double Mean, double StandardError) Measure(IBatchedEnvironment batch, int episodes)
    {
        int each = Math.Max(1, episodes / batch.Count);
        var random = new Pcg64(8);
        var actions = new float[batch.Count];
        var returns = new double[batch.Count];
        var played = new int[batch.Count];
        double sum = 0;
        double squares = 0;
        batch.Reset(21);
        for (int remaining = each * batch.Count; remaining > 0; )
        {
            for (int i = 0; i < actions.Length; i++)
            {
                batch.Spec.ActionSpace.Sample(ref random, actions.AsSpan(i, 1));
            }
            batch.Step(actions);
            for (int i = 0; i < actions.Length; i++)
            {
                returns[i] += batch.Rewards[i];
                if (batch.Terminated[i] && played[i] < each)
                {
                    sum += returns[i];
                    squares += returns[i] * returns[i];
                    returns[i] = 0;
                    played[i]++;
                    remaining--;
                }
            }
        }
        double count = each * batch.Count;
        double mean = sum / count;
        return (mean, Math.Sqrt((squares / count - mean * mean) / count));
    }
}

using Agents.Distributions;
using Agents.Policies.Acting;
using Environments.Randomness;

namespace Learners.Skills;

/// <summary>
/// How a discovery explores from where a skill ends: all discrete actions equally often; of continuous ones the skill's means, with deviations so much
/// larger that the largest is 1 (Meier and Mujika 2022, the released code).
/// </summary>
internal sealed class ExplorationNoise : IActingPolicy
{
    // What softplus gives is the deviation less this.
    private const double Least = 0.001;

    /// <summary>The only one there is.</summary>
    public static ExplorationNoise Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "explore";

    /// <inheritdoc/>
    public string Description =>
        "takes all actions equally often, or raises the deviations of continuous ones until the largest is 1";

    /// <inheritdoc/>
    public void Choose(ActionDistribution distribution, ReadOnlySpan<float> parameters, ref Pcg64 random, Span<float> action)
    {
        Span<float> changed = parameters.Length <= 256 ? stackalloc float[parameters.Length] : new float[parameters.Length];
        if (distribution is DiagonalGaussian)
        {
            parameters.CopyTo(changed);
            RaiseLogDeviations(changed[distribution.ActionSize..]);
        }
        else
        {
            changed.Clear(); // equal logits
        }
        distribution.Sample(changed, ref random, action);
    }

    /// <inheritdoc/>
    /// <remarks>Nobody corrects for it, since nothing is learned from these steps.</remarks>
    public float LogProb(
        ActionDistribution distribution,
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> action,
        float logProb
    ) => logProb;

    /// <summary>Adds to what softplus makes deviations of, σ = log (1 + e^x) + 0.001, one number, so that the largest becomes 1.</summary>
    /// <param name="logDeviations">Logarithms of the deviations, in place.</param>
    public static void RaiseLogDeviations(Span<float> logDeviations)
    {
        double largest = double.NegativeInfinity;
        foreach (float log in logDeviations)
        {
            largest = Math.Max(largest, Unit(Math.Exp(log)));
        }
        double shift = Unit(1) - largest;
        for (int i = 0; i < logDeviations.Length; i++)
        {
            double unit = Unit(Math.Exp(logDeviations[i])) + shift;
            logDeviations[i] = (float)Math.Log(Softplus(unit) + Least);
        }
    }

    /// <summary>What softplus makes a deviation of.</summary>
    internal static double Unit(double deviation)
    {
        double above = Math.Max(deviation - Least, 1e-12);
        return above > 30 ? above : Math.Log(Math.Exp(above) - 1);
    }

    private static double Softplus(double x) => x > 30 ? x : Math.Log(1 + Math.Exp(x));
}

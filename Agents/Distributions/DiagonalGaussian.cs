using Environments.Randomness;

namespace Agents.Distributions;

/// <summary>Independent normal distributions: d means from the head, then d log standard deviations that do not depend on the observation.</summary>
/// <remarks>Draws are not squashed; <c>ActionMapping</c> brings them into the action space, and what is stored is the draw.</remarks>
/// <param name="dimensions">Components of an action, d.</param>
internal sealed class DiagonalGaussian(int dimensions) : ActionDistribution
{
    private const float HalfLogTwoPi = 0.9189385332f;

    /// <inheritdoc/>
    public override int HeadSize => dimensions;

    /// <inheritdoc/>
    public override int ParameterSize => 2 * dimensions;

    /// <inheritdoc/>
    public override int ActionSize => dimensions;

    /// <inheritdoc/>
    public override void Sample(ReadOnlySpan<float> parameters, ref Pcg64 random, Span<float> action)
    {
        for (int i = 0; i < dimensions; i++)
        {
            action[i] = parameters[i] + MathF.Exp(parameters[dimensions + i]) * (float)random.NextGaussian();
        }
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> parameters, Span<float> action) => parameters[..dimensions].CopyTo(action);

    /// <inheritdoc/>
    public override float LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action)
    {
        float sum = 0;
        for (int i = 0; i < dimensions; i++)
        {
            float logStd = parameters[dimensions + i];
            float deviation = (action[i] - parameters[i]) * MathF.Exp(-logStd);
            sum -= 0.5f * deviation * deviation + logStd + HalfLogTwoPi;
        }
        return sum;
    }

    /// <inheritdoc/>
    public override float Entropy(ReadOnlySpan<float> parameters)
    {
        float sum = 0;
        for (int i = 0; i < dimensions; i++)
        {
            sum += 0.5f + HalfLogTwoPi + parameters[dimensions + i];
        }
        return sum;
    }

    internal override int DivergenceParts => 2;

    /// <remarks>½ Σ (μ − μ_old)² / σ_old², and ½ Σ (σ_old² / σ² − 1 + ln σ² / σ_old²).</remarks>
    internal override double Divergence(int part, ReadOnlySpan<float> old, ReadOnlySpan<float> parameters)
    {
        double sum = 0;
        for (int i = 0; i < dimensions; i++)
        {
            double oldLogStd = old[dimensions + i];
            if (part == 0)
            {
                double deviation = (parameters[i] - old[i]) * Math.Exp(-oldLogStd);
                sum += 0.5 * deviation * deviation;
                continue;
            }
            double growth = 2 * (parameters[dimensions + i] - oldLogStd);
            sum += 0.5 * (Math.Exp(-growth) - 1 + growth);
        }
        return sum;
    }

    /// <remarks>(μ − μ_old) / σ_old², and 1 − σ_old² / σ² with respect to log σ.</remarks>
    internal override void AddDivergenceGradient(
        int part,
        ReadOnlySpan<float> old,
        ReadOnlySpan<float> parameters,
        float share,
        Span<float> gradient
    )
    {
        for (int i = 0; i < dimensions; i++)
        {
            float oldLogStd = old[dimensions + i];
            if (part == 0)
            {
                gradient[i] += share * (parameters[i] - old[i]) * MathF.Exp(-2 * oldLogStd);
                continue;
            }
            gradient[dimensions + i] += share * (1 - MathF.Exp(2 * (oldLogStd - parameters[dimensions + i])));
        }
    }

    /// <remarks>With z = (a − μ) / σ: ∂ log p / ∂μ = z / σ, ∂ log p / ∂ log σ = z² − 1, and ∂H / ∂ log σ = 1.</remarks>
    internal override void Gradient(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> action,
        (float LogProb, float Entropy) evaluation,
        float logProbGradient,
        float entropyGradient,
        Span<float> gradient
    )
    {
        for (int i = 0; i < dimensions; i++)
        {
            float inverse = MathF.Exp(-parameters[dimensions + i]);
            float deviation = (action[i] - parameters[i]) * inverse;
            gradient[i] = logProbGradient * deviation * inverse;
            gradient[dimensions + i] = logProbGradient * (deviation * deviation - 1) + entropyGradient;
        }
    }
}

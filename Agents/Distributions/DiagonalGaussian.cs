using Agents.Programs;
using Environments.Randomness;

namespace Agents.Distributions;

/// <summary>Independent normal distributions: d means from the head, then d log standard deviations that do not depend on the observation.</summary>
/// <remarks>Draws are not squashed; <see cref="ActionMapping"/> brings them into the action space, and what is stored is the draw.</remarks>
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

    internal override void MixWithUniform(Span<float> parameters, float share) { }

    /// <remarks>−½ Σ (z² + 2 log σ + log 2π) with z = (a − μ) / σ.</remarks>
    internal override Value LogProb(Value parameters, Value actions)
    {
        (Value mean, Value logStd) = Split(parameters);
        Value deviation = (actions - mean) * (-logStd).Exp();
        return -(deviation.Square() * 0.5f + logStd + HalfLogTwoPi).SumColumns();
    }

    internal override Value Entropy(Value parameters) => (Split(parameters).LogStd + (0.5f + HalfLogTwoPi)).SumColumns();

    /// <remarks>Σ log σ_q / σ_p + (σ_p² + (μ_p − μ_q)²) / (2 σ_q²) − ½.</remarks>
    internal override Value Divergence(Value p, Value q)
    {
        (Value pMean, Value pLogStd) = Split(p);
        (Value qMean, Value qLogStd) = Split(q);
        Value deviation = (pMean - qMean) * (-qLogStd).Exp();
        Value growth = pLogStd - qLogStd;
        return ((growth * 2).Exp() + deviation.Square() - growth * 2 - 1).SumColumns() * 0.5f;
    }

    internal override IReadOnlyList<string> DivergenceParts { get; } = ["mean", "deviation"];

    /// <remarks>½ Σ (μ − μ_old)² / σ_old², and ½ Σ (σ_old² / σ² − 1 + ln σ² / σ_old²).</remarks>
    internal override Value DecoupledDivergence(int part, Value old, Value parameters)
    {
        (Value oldMean, Value oldLogStd) = Split(old);
        (Value mean, Value logStd) = Split(parameters);
        if (part == 0)
        {
            return ((mean - oldMean) * (-oldLogStd).Exp()).Square().SumColumns() * 0.5f;
        }
        Value growth = (logStd - oldLogStd) * 2;
        return ((-growth).Exp() + growth - 1).SumColumns() * 0.5f;
    }

    private (Value Mean, Value LogStd) Split(Value parameters) =>
        (parameters.Slice(0, dimensions), parameters.Slice(dimensions, dimensions));
}

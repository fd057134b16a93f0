using Agents.Kernels;
using Environments.Randomness;

namespace Agents.Distributions;

/// <summary>One of A actions, described by A unnormalised log-probabilities (logits).</summary>
/// <param name="count">Actions, A.</param>
internal sealed class Categorical(int count) : ActionDistribution
{
    /// <inheritdoc/>
    public override int HeadSize => count;

    /// <inheritdoc/>
    public override int ParameterSize => count;

    /// <inheritdoc/>
    public override int ActionSize => 1;

    /// <inheritdoc/>
    public override void Sample(ReadOnlySpan<float> parameters, ref Pcg64 random, Span<float> action) =>
        action[0] = Draw(parameters, ref random);

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> parameters, Span<float> action) => action[0] = ArgMax(parameters);

    /// <inheritdoc/>
    public override float LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action) =>
        LogProbOf(parameters, (int)action[0]);

    /// <inheritdoc/>
    public override float Entropy(ReadOnlySpan<float> parameters) => EntropyOf(parameters);

    internal override (float LogProb, float Entropy) Evaluate(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action) =>
        EvaluateOf(parameters, (int)action[0]);

    /// <remarks>∂ log p_a / ∂z_j = [j = a] − p_j, and ∂H / ∂z_j = −p_j (log p_j + H).</remarks>
    internal override void Gradient(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> action,
        (float LogProb, float Entropy) evaluation,
        float logProbGradient,
        float entropyGradient,
        Span<float> gradient
    ) => GradientOf(parameters, (int)action[0], evaluation, logProbGradient, entropyGradient, gradient);

    // The scratch holds log-probabilities, then probabilities.
    internal override void EvaluateRows(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> actions,
        Span<float> logProbs,
        Span<float> entropies,
        Span<float> scratch
    )
    {
        Span<float> all = scratch[..parameters.Length];
        Span<float> probabilities = scratch.Slice(parameters.Length, parameters.Length);
        LogSoftmax.Rows(parameters, all, probabilities, count);
        for (int row = 0; row < logProbs.Length; row++)
        {
            float entropy = 0;
            for (int j = row * count; j < (row + 1) * count; j++)
            {
                entropy -= probabilities[j] * all[j];
            }
            logProbs[row] = all[row * count + (int)actions[row]];
            entropies[row] = entropy;
        }
    }

    internal override void GradientRows(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> actions,
        ReadOnlySpan<float> logProbs,
        ReadOnlySpan<float> entropies,
        ReadOnlySpan<float> scratch,
        ReadOnlySpan<float> logProbGradients,
        ReadOnlySpan<float> entropyGradients,
        Span<float> gradients
    )
    {
        ReadOnlySpan<float> all = scratch[..parameters.Length];
        ReadOnlySpan<float> probabilities = scratch.Slice(parameters.Length, parameters.Length);
        for (int row = 0; row < logProbs.Length; row++)
        {
            float logProbGradient = logProbGradients[row];
            float entropyGradient = entropyGradients[row];
            for (int j = row * count; j < (row + 1) * count; j++)
            {
                gradients[j] = -probabilities[j] * (logProbGradient + entropyGradient * (all[j] + entropies[row]));
            }
            gradients[row * count + (int)actions[row]] += logProbGradient;
        }
    }

    internal override double Divergence(int part, ReadOnlySpan<float> old, ReadOnlySpan<float> parameters) =>
        DivergenceOf(old, parameters);

    internal override void AddDivergenceGradient(
        int part,
        ReadOnlySpan<float> old,
        ReadOnlySpan<float> parameters,
        float share,
        Span<float> gradient
    ) => AddDivergenceGradientOf(old, parameters, share, gradient);

    internal static double DivergenceOf(ReadOnlySpan<float> old, ReadOnlySpan<float> logits)
    {
        (double oldShift, double shift) = (LogSumExp(old), LogSumExp(logits));
        double sum = 0;
        for (int j = 0; j < logits.Length; j++)
        {
            double oldLogProb = old[j] - oldShift;
            sum += Math.Exp(oldLogProb) * (oldLogProb - (logits[j] - shift));
        }
        return Math.Max(0, sum);
    }

    // ∂ KL / ∂z_j = p_j − p_old,j
    internal static void AddDivergenceGradientOf(
        ReadOnlySpan<float> old,
        ReadOnlySpan<float> logits,
        float share,
        Span<float> gradient
    )
    {
        (double oldShift, double shift) = (LogSumExp(old), LogSumExp(logits));
        for (int j = 0; j < logits.Length; j++)
        {
            gradient[j] += share * (float)(Math.Exp(logits[j] - shift) - Math.Exp(old[j] - oldShift));
        }
    }

    internal static (float LogProb, float Entropy) EvaluateOf(ReadOnlySpan<float> logits, int index)
    {
        float max = Max(logits);
        float sum = 0;
        float weighted = 0;
        foreach (float logit in logits)
        {
            float exponential = MathF.Exp(logit - max);
            sum += exponential;
            weighted += exponential * (logit - max);
        }
        float logSum = MathF.Log(sum);
        return (logits[index] - max - logSum, logSum - weighted / sum);
    }

    // log p_j = z_j − z_a + log p_a, so that neither maximum nor sum is needed again.
    internal static void GradientOf(
        ReadOnlySpan<float> logits,
        int index,
        (float LogProb, float Entropy) evaluation,
        float logProbGradient,
        float entropyGradient,
        Span<float> gradient
    )
    {
        float shift = evaluation.LogProb - logits[index];
        for (int j = 0; j < logits.Length; j++)
        {
            float logProb = logits[j] + shift;
            gradient[j] = -MathF.Exp(logProb) * (logProbGradient + entropyGradient * (logProb + evaluation.Entropy));
        }
        gradient[index] += logProbGradient;
    }

    /// <summary>Inverts the cumulative distribution at one uniform draw.</summary>
    internal static int Draw(ReadOnlySpan<float> logits, ref Pcg64 random)
    {
        float max = Max(logits);
        double threshold = random.NextDouble() * SumExp(logits, max);
        double cumulative = 0;
        for (int i = 0; i < logits.Length - 1; i++)
        {
            cumulative += MathF.Exp(logits[i] - max);
            if (threshold < cumulative)
            {
                return i;
            }
        }
        return logits.Length - 1;
    }

    internal static int ArgMax(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
            {
                best = i;
            }
        }
        return best;
    }

    internal static float LogProbOf(ReadOnlySpan<float> logits, int index)
    {
        float max = Max(logits);
        return logits[index] - max - (float)Math.Log(SumExp(logits, max));
    }

    internal static float EntropyOf(ReadOnlySpan<float> logits)
    {
        float max = Max(logits);
        double sum = SumExp(logits, max);
        double weighted = 0;
        foreach (float logit in logits)
        {
            weighted += MathF.Exp(logit - max) * (logit - max);
        }
        return (float)(Math.Log(sum) - weighted / sum);
    }

    private static float Max(ReadOnlySpan<float> logits)
    {
        float max = logits[0];
        foreach (float logit in logits)
        {
            max = MathF.Max(max, logit);
        }
        return max;
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float max = Max(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp((double)logit - max);
        }
        return max + Math.Log(sum);
    }

    private static double SumExp(ReadOnlySpan<float> logits, float max)
    {
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += MathF.Exp(logit - max);
        }
        return sum;
    }
}

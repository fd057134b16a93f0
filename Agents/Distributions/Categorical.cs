using Agents.Programs;
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

    internal override void MixWithUniform(Span<float> parameters, float share) => Mix(parameters, share);

    internal override Value LogProb(Value parameters, Value actions) => LogProbOf(parameters, actions);

    internal override Value Entropy(Value parameters) => EntropyOf(parameters);

    internal override Value Divergence(Value p, Value q) => DivergenceOf(p, q);

    internal static Value LogProbOf(Value logits, Value index) => logits.LogSoftmax().LogProbs.Pick(index);

    internal static Value EntropyOf(Value logits)
    {
        (Value logProbs, Value probabilities) = logits.LogSoftmax();
        return -(probabilities * logProbs).SumColumns();
    }

    internal static Value DivergenceOf(Value p, Value q)
    {
        (Value logProbs, Value probabilities) = p.LogSoftmax();
        return (probabilities * (logProbs - q.LogSoftmax().LogProbs)).SumColumns();
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

    /// <summary>Mixes with the uniform distribution; logits become log-probabilities.</summary>
    internal static void Mix(Span<float> logits, float share)
    {
        float max = Max(logits);
        double sum = SumExp(logits, max);
        for (int i = 0; i < logits.Length; i++)
        {
            logits[i] = (float)Math.Log((1 - share) * Math.Exp(logits[i] - max) / sum + (double)share / logits.Length);
        }
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

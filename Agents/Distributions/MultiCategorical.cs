using Environments.Randomness;

namespace Agents.Distributions;

/// <summary>Several independent categorical choices; their logits stand one after the other.</summary>
/// <param name="counts">Choices of each component.</param>
internal sealed class MultiCategorical(params ReadOnlySpan<int> counts) : ActionDistribution
{
    private readonly int[] _counts = counts.ToArray();

    /// <summary>Choices of each component.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <inheritdoc/>
    public override int HeadSize { get; } = Sum(counts);

    /// <inheritdoc/>
    public override int ParameterSize => HeadSize;

    /// <inheritdoc/>
    public override int ActionSize => _counts.Length;

    /// <inheritdoc/>
    public override void Sample(ReadOnlySpan<float> parameters, ref Pcg64 random, Span<float> action)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            action[i] = Categorical.Draw(parameters[.._counts[i]], ref random);
            parameters = parameters[_counts[i]..];
        }
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> parameters, Span<float> action)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            action[i] = Categorical.ArgMax(parameters[.._counts[i]]);
            parameters = parameters[_counts[i]..];
        }
    }

    /// <inheritdoc/>
    public override float LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action)
    {
        float sum = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            sum += Categorical.LogProbOf(parameters[.._counts[i]], (int)action[i]);
            parameters = parameters[_counts[i]..];
        }
        return sum;
    }

    /// <inheritdoc/>
    public override float Entropy(ReadOnlySpan<float> parameters)
    {
        float sum = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            sum += Categorical.EntropyOf(parameters[.._counts[i]]);
            parameters = parameters[_counts[i]..];
        }
        return sum;
    }

    internal override void Gradient(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> action,
        (float LogProb, float Entropy) evaluation,
        float logProbGradient,
        float entropyGradient,
        Span<float> gradient
    )
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            ReadOnlySpan<float> logits = parameters[.._counts[i]];
            (float, float) part = Categorical.EvaluateOf(logits, (int)action[i]);
            Categorical.GradientOf(logits, (int)action[i], part, logProbGradient, entropyGradient, gradient[.._counts[i]]);
            parameters = parameters[_counts[i]..];
            gradient = gradient[_counts[i]..];
        }
    }

    // Independent components: divergences add up.
    internal override double Divergence(int part, ReadOnlySpan<float> old, ReadOnlySpan<float> parameters)
    {
        double sum = 0;
        foreach (int count in _counts)
        {
            sum += Categorical.DivergenceOf(old[..count], parameters[..count]);
            old = old[count..];
            parameters = parameters[count..];
        }
        return sum;
    }

    internal override void AddDivergenceGradient(
        int part,
        ReadOnlySpan<float> old,
        ReadOnlySpan<float> parameters,
        float share,
        Span<float> gradient
    )
    {
        foreach (int count in _counts)
        {
            Categorical.AddDivergenceGradientOf(old[..count], parameters[..count], share, gradient[..count]);
            old = old[count..];
            parameters = parameters[count..];
            gradient = gradient[count..];
        }
    }

    private static int Sum(ReadOnlySpan<int> counts)
    {
        int sum = 0;
        foreach (int count in counts)
        {
            sum += count;
        }
        return sum;
    }
}

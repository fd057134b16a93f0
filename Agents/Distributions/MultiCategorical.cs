using Agents.Programs;
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

    internal override void MixWithUniform(Span<float> parameters, float share)
    {
        foreach (int count in _counts)
        {
            Categorical.Mix(parameters[..count], share);
            parameters = parameters[count..];
        }
    }

    internal override Value LogProb(Value parameters, Value actions) =>
        Sum((first, i) => Categorical.LogProbOf(parameters.Slice(first, _counts[i]), actions.Slice(i, 1)));

    internal override Value Entropy(Value parameters) =>
        Sum((first, i) => Categorical.EntropyOf(parameters.Slice(first, _counts[i])));

    internal override Value Divergence(Value p, Value q) =>
        Sum((first, i) => Categorical.DivergenceOf(p.Slice(first, _counts[i]), q.Slice(first, _counts[i])));

    // Independent components: log-probabilities, entropies and divergences add up.
    private Value Sum(Func<int, int, Value> part)
    {
        Value sum = part(0, 0);
        int first = _counts[0];
        for (int i = 1; i < _counts.Length; i++)
        {
            sum += part(first, i);
            first += _counts[i];
        }
        return sum;
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

using Agents.Programs;
using Environments.Randomness;

namespace Agents.Distributions;

/// <summary>Several choices that depend on each other: one logit for every combination of them, the last component's choice running fastest.</summary>
/// <param name="counts">Choices of each component.</param>
internal sealed class JointCategorical(params ReadOnlySpan<int> counts) : ActionDistribution
{
    private readonly int[] _counts = counts.ToArray();

    /// <summary>Choices of each component.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <inheritdoc/>
    public override int HeadSize { get; } = Product(counts);

    /// <inheritdoc/>
    public override int ParameterSize => HeadSize;

    /// <inheritdoc/>
    public override int ActionSize => _counts.Length;

    /// <summary>The combination that an action is.</summary>
    public int IndexOf(ReadOnlySpan<float> action)
    {
        int index = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            index = index * _counts[i] + (int)action[i];
        }
        return index;
    }

    /// <inheritdoc/>
    public override void Sample(ReadOnlySpan<float> parameters, ref Pcg64 random, Span<float> action) =>
        Write(Categorical.Draw(parameters, ref random), action);

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> parameters, Span<float> action) =>
        Write(Categorical.ArgMax(parameters), action);

    /// <inheritdoc/>
    public override float LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action) =>
        Categorical.LogProbOf(parameters, IndexOf(action));

    /// <inheritdoc/>
    public override float Entropy(ReadOnlySpan<float> parameters) => Categorical.EntropyOf(parameters);

    internal override void MixWithUniform(Span<float> parameters, float share) => Categorical.Mix(parameters, share);

    internal override Value LogProb(Value parameters, Value actions)
    {
        Value index = actions.Slice(0, 1);
        for (int i = 1; i < _counts.Length; i++)
        {
            index = index * _counts[i] + actions.Slice(i, 1);
        }
        return Categorical.LogProbOf(parameters, index);
    }

    internal override Value Entropy(Value parameters) => Categorical.EntropyOf(parameters);

    internal override Value Divergence(Value p, Value q) => Categorical.DivergenceOf(p, q);

    private void Write(int index, Span<float> action)
    {
        for (int i = _counts.Length - 1; i >= 0; i--)
        {
            (index, int choice) = Math.DivRem(index, _counts[i]);
            action[i] = choice;
        }
    }

    private static int Product(ReadOnlySpan<int> counts)
    {
        int product = 1;
        foreach (int count in counts)
        {
            product = checked(product * count);
        }
        return product;
    }
}

using Agents.Distributions;

namespace Learners.Auxiliary;

/// <summary>How often two policies think the same action most probable.</summary>
/// <param name="family">Family of both.</param>
internal sealed class Agreement(ActionDistribution family)
{
    private readonly float[] _one = new float[family.ActionSize];
    private readonly float[] _other = new float[family.ActionSize];

    /// <summary>Whether there is something to count: of continuous actions no two are equal.</summary>
    public bool HasMeaning => family is not DiagonalGaussian;

    /// <summary>Share of rows, 0 to 1.</summary>
    /// <param name="one">Parameters of distributions, <c>[rows, P]</c>; may be longer.</param>
    /// <param name="other">The same of the other policy.</param>
    /// <param name="rows">Rows.</param>
    public double Of(ReadOnlySpan<float> one, ReadOnlySpan<float> other, int rows)
    {
        int size = family.ParameterSize;
        int alike = 0;
        for (int row = 0; row < rows; row++)
        {
            family.Mode(one.Slice(row * size, size), _one);
            family.Mode(other.Slice(row * size, size), _other);
            alike += _one.AsSpan().SequenceEqual(_other) ? 1 : 0;
        }
        return (double)alike / rows;
    }
}

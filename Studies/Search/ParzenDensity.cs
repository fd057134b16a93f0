using Environments.Randomness;
using MathNet.Numerics.Distributions;
using Studies.Trials;

namespace Studies.Search;

/// <summary>
/// A density over the axis of a range: a truncated normal at each observed value and a wide one in the middle, which is the prior. Whole numbers and steps
/// count as continuous, and a value has the mass of its bin.
/// </summary>
/// <remarks>
/// A kernel is as wide as the larger gap to its neighbours among observations and prior, at the ends the inner gap, and between R / min (100, 1 + kernels)
/// and the range R. Of more than 25 observations the older ones weigh less, by a ramp. As in Optuna's TPESampler, independent form.
/// </remarks>
internal sealed class ParzenDensity
{
    private const int FullWeights = 25;
    private const double MostKernels = 100;

    private readonly SearchParameter _parameter;
    private readonly double _low;
    private readonly double _high;

    /// <summary>The density of some values.</summary>
    /// <param name="parameter">The setting.</param>
    /// <param name="values">Texts of its values, oldest first.</param>
    public ParzenDensity(SearchParameter parameter, IReadOnlyList<string> values)
    {
        _parameter = parameter;
        (_low, _high) = (parameter.Low, parameter.High);
        double range = _high - _low;
        double middle = (_low + _high) / 2;
        Means = [.. values.Select(value => parameter.OnAxis(SearchParameter.Number(value))), middle];
        int count = Means.Length;
        Weights = [.. WeightsOf(values.Count), 1];
        double sum = Weights.Sum();
        Weights = [.. Weights.Select(weight => weight / sum)];

        int[] order = [.. Enumerable.Range(0, count).OrderBy(i => Means[i])];
        double narrowest = range / Math.Min(MostKernels, 1 + count);
        Widths = new double[count];
        for (int place = 0; place < count; place++)
        {
            double left = place > 0 ? Means[order[place]] - Means[order[place - 1]] : double.NegativeInfinity;
            double right = place + 1 < count ? Means[order[place + 1]] - Means[order[place]] : double.NegativeInfinity;
            Widths[order[place]] = Math.Clamp(Math.Max(left, right), narrowest, range);
        }
        Widths[^1] = range;
    }

    /// <summary>Centres of the kernels, the prior's last.</summary>
    public double[] Means { get; }

    /// <summary>Standard deviations of the kernels before they are cut at the ends.</summary>
    public double[] Widths { get; }

    /// <summary>Weights of the kernels, which sum to 1.</summary>
    public double[] Weights { get; }

    /// <summary>Weights of observations before they are normalised: 1 for the newest 25, and a ramp from 1/n for older ones.</summary>
    /// <param name="count">n.</param>
    public static IEnumerable<double> WeightsOf(int count)
    {
        int ramp = Math.Max(0, count - FullWeights);
        for (int i = 0; i < count; i++)
        {
            double first = 1.0 / count;
            yield return i >= ramp ? 1
            : ramp == 1 ? first
            : first + (1 - first) * i / (ramp - 1);
        }
    }

    /// <summary>Logarithm of the density, or of whole numbers the mass, at a place of the axis.</summary>
    public double Log(double axis)
    {
        double sum = 0;
        (double from, double to) = _parameter.IsWhole ? Bin(axis) : (axis, axis);
        for (int k = 0; k < Means.Length; k++)
        {
            double cut = Below(k, _high) - Below(k, _low);
            double here = _parameter.IsWhole ? Below(k, to) - Below(k, from) : Normal.PDF(Means[k], Widths[k], axis);
            sum += Weights[k] * here / cut;
        }
        return Math.Log(sum);
    }

    /// <summary>A draw, as a place of the axis.</summary>
    public double Draw(ref Pcg64 random)
    {
        double left = random.NextDouble();
        int kernel = 0;
        while (kernel < Weights.Length - 1 && (left -= Weights[kernel]) >= 0)
        {
            kernel++;
        }
        double share = random.NextUniform(Below(kernel, _low), Below(kernel, _high));
        return Math.Clamp(Normal.InvCDF(Means[kernel], Widths[kernel], share), _low, _high);
    }

    private double Below(int kernel, double axis) => Normal.CDF(Means[kernel], Widths[kernel], axis);

    private (double From, double To) Bin(double axis)
    {
        double number = _parameter.IsLogarithmic ? Math.Exp(axis) : axis;
        return (
            number - 0.5 <= _parameter.From - 0.5 ? _low : _parameter.OnAxis(number - 0.5),
            number + 0.5 >= _parameter.To + 0.5 ? _high : _parameter.OnAxis(number + 0.5)
        );
    }
}

using System.Numerics;
using Environments.State;

namespace Learners.Optimizers;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1) over a flat buffer.</summary>
/// <remarks>
/// m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − α m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
/// </remarks>
/// <param name="size">Parameters.</param>
/// <param name="options">Decays and epsilon.</param>
internal sealed class Adam(int size, AdamSettings options) : IOptimizer
{
    private readonly float[] _mean = new float[size];
    private readonly float[] _square = new float[size];
    private long _updates;

    /// <inheritdoc/>
    public void Update(Span<float> parameters, ReadOnlySpan<float> gradient, float learningRate)
    {
        FlatBuffers.RequireSize(size, parameters, gradient);
        _updates++;
        float stepSize = (float)(learningRate / (1 - Math.Pow(options.Beta1, _updates)));
        float rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, _updates)));
        var meanShare = (float)(1 - options.Beta1);
        var squareDecay = (float)options.Beta2;
        var squareShare = (float)(1 - options.Beta2);
        var epsilon = (float)options.Epsilon;
        Span<float> mean = _mean;
        Span<float> square = _square;

        int width = Vector<float>.Count;
        int i = 0;
        for (; i + width <= size; i += width)
        {
            var g = new Vector<float>(gradient[i..]);
            var m = new Vector<float>(mean[i..]);
            m += meanShare * (g - m);
            Vector<float> v = squareDecay * new Vector<float>(square[i..]) + squareShare * g * g;
            m.CopyTo(mean[i..]);
            v.CopyTo(square[i..]);
            Vector<float> divisor = rootCorrection * Vector.SquareRoot(v) + new Vector<float>(epsilon);
            (new Vector<float>(parameters[i..]) - stepSize * m / divisor).CopyTo(parameters[i..]);
        }
        for (; i < size; i++)
        {
            mean[i] += meanShare * (gradient[i] - mean[i]);
            square[i] = squareDecay * square[i] + squareShare * gradient[i] * gradient[i];
            parameters[i] -= stepSize * mean[i] / (rootCorrection * MathF.Sqrt(square[i]) + epsilon);
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set<float>("adam_mean", _mean);
        state.Set<float>("adam_square", _square);
        state.Set("adam_updates", _updates);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        state.Read<float>("adam_mean", _mean);
        state.Read<float>("adam_square", _square);
        _updates = state.Get("adam_updates", 0L, long.MaxValue / 2);
    }
}

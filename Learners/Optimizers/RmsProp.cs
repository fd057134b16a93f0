using System.Numerics;
using Environments.State;

namespace Learners.Optimizers;

/// <summary>RMSProp (Hinton 2012, lecture 6e) over a flat buffer, without momentum.</summary>
/// <remarks>
/// s ← ρ s + (1 − ρ) g², θ ← θ − α g / (√s + ε), or g / √(s + ε) where <see cref="RmsPropSettings.EpsilonInsideRoot"/> is set.
/// </remarks>
internal sealed class RmsProp : IOptimizer
{
    private readonly RmsPropSettings _options;
    private readonly float[] _square;

    /// <summary>An optimiser before its first step.</summary>
    /// <param name="size">Parameters.</param>
    /// <param name="options">Decay and epsilon.</param>
    public RmsProp(int size, RmsPropSettings options)
    {
        _options = options;
        _square = new float[size];
        Array.Fill(_square, (float)options.InitialMeanSquare);
    }

    /// <inheritdoc/>
    public void Update(Span<float> parameters, ReadOnlySpan<float> gradient, float learningRate)
    {
        int size = _square.Length;
        FlatBuffers.RequireSize(size, parameters, gradient);
        var decay = (float)_options.Decay;
        var share = (float)(1 - _options.Decay);
        var epsilon = (float)_options.Epsilon;
        float inside = _options.EpsilonInsideRoot ? epsilon : 0;
        float outside = _options.EpsilonInsideRoot ? 0 : epsilon;
        Span<float> square = _square;

        int width = Vector<float>.Count;
        int i = 0;
        for (; i + width <= size; i += width)
        {
            var g = new Vector<float>(gradient[i..]);
            Vector<float> s = decay * new Vector<float>(square[i..]) + share * g * g;
            s.CopyTo(square[i..]);
            Vector<float> divisor = Vector.SquareRoot(s + new Vector<float>(inside)) + new Vector<float>(outside);
            (new Vector<float>(parameters[i..]) - learningRate * g / divisor).CopyTo(parameters[i..]);
        }
        for (; i < size; i++)
        {
            square[i] = decay * square[i] + share * gradient[i] * gradient[i];
            parameters[i] -= learningRate * gradient[i] / (MathF.Sqrt(square[i] + inside) + outside);
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => state.Set<float>("rms_prop_square", _square);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => state.Read<float>("rms_prop_square", _square);
}

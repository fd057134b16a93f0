using System.Runtime.CompilerServices;
using Agents.Kernels;

namespace Agents.Networks.Managed;

/// <summary>The kernels of an <see cref="Activation"/>.</summary>
internal static class Activations
{
    /// <summary>Replaces values by what lies behind the nonlinearity.</summary>
    public static void Apply(Activation activation, Span<float> values)
    {
        switch (activation)
        {
            case Activation.Tanh:
                Elementwise.Tanh(values);
                break;
            case Activation.Relu:
                Elementwise.Relu(values);
                break;
            default:
                throw new SwitchExpressionException(activation);
        }
    }

    /// <summary>Replaces gradients behind the nonlinearity by those before it.</summary>
    /// <param name="activation">Which one.</param>
    /// <param name="outputs">What it gave.</param>
    /// <param name="gradients">As many as <paramref name="outputs"/>.</param>
    public static void Gradient(Activation activation, ReadOnlySpan<float> outputs, Span<float> gradients)
    {
        switch (activation)
        {
            case Activation.Tanh:
                Elementwise.TanhGradient(outputs, gradients);
                break;
            case Activation.Relu:
                Elementwise.ReluGradient(outputs, gradients);
                break;
            default:
                throw new SwitchExpressionException(activation);
        }
    }
}

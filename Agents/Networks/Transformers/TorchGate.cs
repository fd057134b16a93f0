using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Agents.Networks.Transformers;

/// <summary>g(x, y) on tensors; the formulas stand at <see cref="GateKind"/>.</summary>
internal static class TorchGate
{
    /// <summary>Joins a sub-layer's output to the stream.</summary>
    /// <param name="kind">Which gate.</param>
    /// <param name="views">Parameters by name.</param>
    /// <param name="name">Common name of the gate's parameters.</param>
    /// <param name="x">The stream, <c>[…, width]</c>.</param>
    /// <param name="y">The sub-layer's output, as <paramref name="x"/>.</param>
    public static Tensor Apply(GateKind kind, IReadOnlyDictionary<string, Tensor> views, string name, Tensor x, Tensor y)
    {
        long width = x.shape[^1];
        switch (kind)
        {
            case GateKind.Input:
                return (Multiply("x", x).sigmoid() * x).Plus(y);
            case GateKind.Output:
                return x.Plus((Multiply("x", x) - views[name + ".bias"]).sigmoid() * y);
            case GateKind.Highway:
                // s x + (1 − s) y
                return y.Plus(Multiply("x", x).Plus(views[name + ".bias"]).sigmoid() * (x - y));
            case GateKind.SigTanh:
                Tensor both = Multiply("y", y);
                return x.Plus(
                    (both.narrow(-1, 0, width) - views[name + ".bias"]).sigmoid() * both.narrow(-1, width, width).tanh()
                );
            case GateKind.Gru:
                Tensor ofX = Multiply("x", x);
                Tensor ofY = Multiply("y", y);
                Tensor reset = ofY.narrow(-1, 0, width).Plus(ofX.narrow(-1, 0, width)).sigmoid();
                Tensor update = (
                    ofY.narrow(-1, width, width).Plus(ofX.narrow(-1, width, width)) - views[name + ".bias"]
                ).sigmoid();
                Tensor candidate = ofY.narrow(-1, 2 * width, width).Plus(Multiply("candidate", reset * x)).tanh();
                // (1 − z) x + z h
                return x.Plus(update * (candidate - x));
            case GateKind.Residual:
                return x.Plus(y);
            default:
                throw new SwitchExpressionException(kind);
        }

        Tensor Multiply(string matrix, Tensor input) => nn.functional.linear(input, views[$"{name}.{matrix}.weight"]);
    }
}

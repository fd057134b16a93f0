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
                return Multiply("x", x).sigmoid() * x + y;
            case GateKind.Output:
                return x + (Multiply("x", x) - views[name + ".bias"]).sigmoid() * y;
            case GateKind.Highway:
                // s x + (1 − s) y
                return y + (Multiply("x", x) + views[name + ".bias"]).sigmoid() * (x - y);
            case GateKind.SigTanh:
                Tensor both = Multiply("y", y);
                return x + (both.narrow(-1, 0, width) - views[name + ".bias"]).sigmoid() * both.narrow(-1, width, width).tanh();
            case GateKind.Gru:
                Tensor ofX = Multiply("x", x);
                Tensor ofY = Multiply("y", y);
                Tensor reset = (ofY.narrow(-1, 0, width) + ofX.narrow(-1, 0, width)).sigmoid();
                Tensor update = (ofY.narrow(-1, width, width) + ofX.narrow(-1, width, width) - views[name + ".bias"]).sigmoid();
                Tensor candidate = (ofY.narrow(-1, 2 * width, width) + Multiply("candidate", reset * x)).tanh();
                // (1 − z) x + z h
                return x + update * (candidate - x);
            default:
                return x + y;
        }

        Tensor Multiply(string matrix, Tensor input) => nn.functional.linear(input, views[$"{name}.{matrix}.weight"]);
    }
}

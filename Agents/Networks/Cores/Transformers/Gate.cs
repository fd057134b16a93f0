using System.Runtime.CompilerServices;
using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores.Transformers;

/// <summary>g(x, y), which joins a sub-layer's output y to the stream x; the formulas stand at <see cref="GateKind"/>.</summary>
/// <remarks>Matrices of the same input stand in one array, one below the other, in the order of the gate's formula.</remarks>
/// <param name="kind">Which gate.</param>
/// <param name="width">Numbers of a row.</param>
/// <param name="initialBias">How the learned bias begins.</param>
internal sealed class Gate(GateKind kind, int width, float initialBias)
{
    /// <summary>Says which parameters the gate has.</summary>
    public void Declare(ParameterDeclarations parameters, string name)
    {
        GateShape shape = GateShape.Of(kind);
        if (shape.SkipMatrices > 0)
        {
            parameters.Weight($"{name}.x", width, shape.SkipMatrices * width);
        }
        if (shape.OutputMatrices > 0)
        {
            parameters.Weight($"{name}.y", width, shape.OutputMatrices * width);
        }
        if (shape.HasCandidate)
        {
            parameters.Weight($"{name}.candidate", width, width);
        }
        if (shape.HasBias)
        {
            parameters.Add($"{name}.bias", [width], new Initializer.Constant(initialBias));
        }
    }

    /// <summary>g(x, y).</summary>
    /// <param name="parameters">Those of the gate.</param>
    /// <param name="x">The stream, <c>[N, width]</c>.</param>
    /// <param name="y">The sub-layer's output, <c>[N, width]</c>.</param>
    public Value Join(ParameterScope parameters, Value x, Value y)
    {
        switch (kind)
        {
            case GateKind.Residual:
                return x + y;
            case GateKind.Input:
                return parameters.Product(x, "x").Sigmoid() * x + y;
            case GateKind.Output:
                return (parameters.Product(x, "x") - parameters["bias"]).Sigmoid() * y + x;
            case GateKind.Highway:
                // s x + (1 − s) y
                return (parameters.Product(x, "x") + parameters["bias"]).Sigmoid() * (x - y) + y;
            case GateKind.SigTanh:
                Value both = parameters.Product(y, "y");
                return (both[..width] - parameters["bias"]).Sigmoid() * both[width..].Tanh() + x;
            case GateKind.Gru:
                Value ofY = parameters.Product(y, "y");
                Value gates = parameters.Product(x, "x", ofY[..(2 * width)]);
                Value reset = gates[..width].Sigmoid();
                Value update = (gates[width..] - parameters["bias"]).Sigmoid();
                Value candidate = parameters.Product(reset * x, "candidate", ofY[(2 * width)..]).Tanh();
                // (1 − z) x + z h
                return update * (candidate - x) + x;
            default:
                throw new SwitchExpressionException(kind);
        }
    }
}

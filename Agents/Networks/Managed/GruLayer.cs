using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Networks.Managed;

/// <summary>Gated recurrent unit: r, z = σ(·), n = tanh(W_x x + b_x + r (W_h h + b_h)), h' = (1 − z) n + z h.</summary>
/// <remarks>Cho et al. 2014, in the form whose reset gate scales the product, as PyTorch computes it. State per row: the output.</remarks>
internal sealed class GruLayer(ParameterLayout layout, string name, int size)
    : RecurrentLayer(layout, name, size, gateCount: 3, size)
{
    private float[] _candidateProduct = []; // [T, B, H]: W_h h + b_h of the candidate
    private float[] _hiddenGradients = []; // [T, B, 3 H]

    /// <inheritdoc/>
    protected override float[] HiddenGateGradients => _hiddenGradients;

    /// <inheritdoc/>
    protected override void EnsureRows(int rows)
    {
        _candidateProduct = new float[rows * Size];
        _hiddenGradients = new float[rows * GateSize];
    }

    /// <inheritdoc/>
    protected override void EnsureBatch(int batch) { }

    /// <inheritdoc/>
    protected override void Step(int row, Span<float> gates, Span<float> recurrent)
    {
        Span<float> sigmoids = gates[..(2 * Size)];
        TensorPrimitives.Add(sigmoids, recurrent[..(2 * Size)], sigmoids);
        Elementwise.Sigmoid(sigmoids);

        Span<float> candidate = gates[(2 * Size)..];
        Span<float> product = _candidateProduct.AsSpan(row * Size, Size);
        recurrent[(2 * Size)..].CopyTo(product);
        TensorPrimitives.MultiplyAdd(gates[..Size], product, candidate, candidate);
        Elementwise.Tanh(candidate);

        // (1 − z) n + z h = n + z (h − n)
        Span<float> output = Outputs.AsSpan(row * Size, Size);
        TensorPrimitives.Subtract(PreviousHidden.AsSpan(row * Size, Size), candidate, output);
        TensorPrimitives.MultiplyAdd(gates.Slice(Size, Size), output, candidate, output);
    }

    /// <inheritdoc/>
    protected override void StepGradient(int row, int b, ReadOnlySpan<float> outputGradient, Span<float> directGradient)
    {
        Span<float> gates = Gates.AsSpan(row * GateSize, GateSize);
        Span<float> hidden = _hiddenGradients.AsSpan(row * GateSize, GateSize);
        ReadOnlySpan<float> previous = PreviousHidden.AsSpan(row * Size, Size);
        ReadOnlySpan<float> product = _candidateProduct.AsSpan(row * Size, Size);
        for (int j = 0; j < Size; j++)
        {
            float reset = gates[j];
            float update = gates[Size + j];
            float candidate = gates[2 * Size + j];
            float gradient = outputGradient[j];
            float candidateGradient = gradient * (1 - update) * (1 - candidate * candidate);
            float updateGradient = gradient * (previous[j] - candidate) * update * (1 - update);
            float resetGradient = candidateGradient * product[j] * reset * (1 - reset);
            directGradient[j] = gradient * update;
            gates[j] = hidden[j] = resetGradient;
            gates[Size + j] = hidden[Size + j] = updateGradient;
            gates[2 * Size + j] = candidateGradient;
            hidden[2 * Size + j] = candidateGradient * reset;
        }
    }
}

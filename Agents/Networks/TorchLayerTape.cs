using System.Runtime.InteropServices;
using Agents.Networks.Encoders;
using static TorchSharp.torch;

namespace Agents.Networks;

/// <summary>Keeps inputs and outputs of a <see cref="TorchActorCritic"/>'s layers, and shows them with their gradients after a backward pass.</summary>
/// <remarks>
/// The tensor library has no backward hooks, so outputs are told to retain their gradients. Tensors belong to the scope of the forward pass.
/// A weight that is used at several steps is shown once, with all of them, first to last.
/// </remarks>
/// <param name="steps">Steps of a sequence, T; 1 without a memory.</param>
internal sealed class TorchLayerTape(int steps)
{
    private readonly List<(ParameterSlot Weight, ConvolutionShape? Shape, List<(Tensor Input, Tensor Output)> Uses)> _layers = [];

    /// <summary>Keeps one use of a layer.</summary>
    /// <param name="weight">Its weight.</param>
    /// <param name="shape">Sizes of a convolution; null for a dense layer.</param>
    /// <param name="input">What went in.</param>
    /// <param name="output">What came out, before the nonlinearity.</param>
    public void Add(ParameterSlot weight, ConvolutionShape? shape, Tensor input, Tensor output)
    {
        output.retain_grad();
        int known = _layers.FindIndex(layer => layer.Weight.Name == weight.Name);
        if (known < 0)
        {
            known = _layers.Count;
            _layers.Add((weight, shape, []));
        }
        _layers[known].Uses.Add((input, output));
    }

    /// <summary>Shows every layer of the latest backward pass.</summary>
    public void Show(ILayerObserver observer)
    {
        foreach ((ParameterSlot weight, ConvolutionShape? shape, List<(Tensor Input, Tensor Output)> uses) in _layers)
        {
            Tensor inputs = Joined([.. uses.Select(use => use.Input.detach())], shape);
            Tensor gradients = Joined([.. uses.Select(use => use.Output.grad ?? zeros_like(use.Output))], shape);
            var rows = (int)inputs.shape[0];
            ReadOnlySpan<float> inputRows = MemoryMarshal.Cast<byte, float>(inputs.bytes);
            ReadOnlySpan<float> gradientRows = MemoryMarshal.Cast<byte, float>(gradients.bytes);
            if (shape is not null)
            {
                observer.ObserveConvolution(weight, shape, inputRows, shape.InputSize, gradientRows, rows);
                continue;
            }
            bool remembers = weight.Name.Contains("core.", StringComparison.Ordinal);
            observer.ObserveDense(weight, inputRows, gradientRows, rows, remembers ? steps : 1);
        }
    }

    // Images are channels-last for the observer.
    private static Tensor Joined(Tensor[] uses, ConvolutionShape? shape)
    {
        Tensor joined = uses.Length == 1 ? uses[0] : cat(uses, 0);
        return shape is null ? joined.contiguous() : joined.permute(0, 2, 3, 1).contiguous();
    }
}

using Agents.Networks.Transformers;

namespace Agents.Networks.Managed;

/// <summary>A memory over sequences in plain C#. Keeps what the latest forward pass computed for the backward one.</summary>
internal abstract class ManagedCore
{
    /// <summary>The core of a specification; null where it has none.</summary>
    /// <param name="layout">Where its slots are.</param>
    /// <param name="name">Their common name.</param>
    /// <param name="settings">Which core, and its sizes.</param>
    public static ManagedCore? Create(ParameterLayout layout, string name, NetworkSettings settings) =>
        settings.Core switch
        {
            CoreKind.Gtrxl => new ManagedTransformer(layout, name, settings),
            CoreKind.Identity or CoreKind.Lstm or CoreKind.Gru => throw new NotSupportedException(
                $"A network with the core {settings.Core} is a graph."
            ),
        };

    /// <summary>Takes over changed parameters.</summary>
    public abstract void Refresh(ReadOnlySpan<float> parameters);

    /// <summary>Output of the latest forward pass, <c>[T, B, H]</c>.</summary>
    public abstract ReadOnlySpan<float> Output(int rows);

    /// <summary>Runs sequences and advances their state; the result is valid until the next call.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">Input, <c>[T, B, inputs]</c>.</param>
    /// <param name="rows">T × B.</param>
    /// <param name="sequence">Steps, episode starts and state.</param>
    public abstract ReadOnlySpan<float> Forward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        int rows,
        scoped in SequenceState sequence
    );

    /// <summary>Adds the gradient of the parameters, and writes that of the input; gradients stop at the sequence's first step.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">Input of the forward pass.</param>
    /// <param name="outputGradient">Gradient of the output, <c>[T, B, H]</c>.</param>
    /// <param name="inputGradient">Destination, as long as <paramref name="x"/>; empty where nothing needs it.</param>
    /// <param name="gradient">Flat gradient buffer, added to.</param>
    /// <param name="rows">T × B.</param>
    /// <param name="sequence">Steps and episode starts of the forward pass.</param>
    public abstract void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> gradient,
        int rows,
        scoped in SequenceState sequence
    );
}

using System.ComponentModel.DataAnnotations;

namespace Agents.Networks.Cores.Transformers;

/// <summary>A transformer with memory, where it is the core. Its width is <see cref="NetworkSettings.CoreSize"/>. Immutable.</summary>
/// <remarks>
/// The defaults are a small GTrXL (Parisotto et al. 2020): <see cref="NormPlacement.Pre"/> with <see cref="GateKind.Gru"/>. Their TrXL-I is
/// <see cref="NormPlacement.Pre"/> with <see cref="GateKind.Residual"/>, and Transformer-XL (Dai et al. 2019), there called TrXL, is
/// <see cref="NormPlacement.Post"/> with <see cref="GateKind.Residual"/>.
/// </remarks>
public sealed record TransformerSettings : IValidatableObject
{
    /// <summary>Layers, L, each of attention and a two-layer perceptron.</summary>
    /// <value>1 to 64. Default 2; the paper has 12.</value>
    [Range(1, 64)]
    public int Layers { get; init; } = 2;

    /// <summary>Attention heads per layer, H.</summary>
    /// <value>1 to 64. Default 2; the paper has 8.</value>
    [Range(1, 64)]
    public int Heads { get; init; } = 2;

    /// <summary>Numbers of a head's queries, keys and values; heads × head size need not be the width.</summary>
    /// <value>1 to 1,024. Default 16; the paper has 64.</value>
    [Range(1, 1_024)]
    public int HeadSize { get; init; } = 16;

    /// <summary>Units of the perceptron's hidden layer, F.</summary>
    /// <value>1 to 16,384. Default 64.</value>
    [Range(1, 16_384)]
    public int FeedForwardSize { get; init; } = 64;

    /// <summary>Earlier steps of the episode that each layer sees, M; through L layers information travels L × M steps.</summary>
    /// <value>1 to 8,192. Default 32; the paper has 512. An actor's core state has L × M × width + 1 numbers per copy.</value>
    [Range(1, 8_192)]
    public int MemoryLength { get; init; } = 32;

    /// <summary>Where a layer normalises.</summary>
    /// <value>Default pre.</value>
    public NormPlacement Norm { get; init; } = NormPlacement.Pre;

    /// <summary>How attention and perceptron join the stream.</summary>
    /// <value>Default gru; post-normalisation allows residual alone.</value>
    public GateKind Gate { get; init; } = GateKind.Gru;

    /// <summary>Initial bias of the gates towards the stream, b: with a large one a fresh network hardly mixes in what it remembers.</summary>
    /// <value>−20 to 20. Null, the default, is the paper's: 2 for gru, 1 for output, highway and sig_tanh. The input gate has none.</value>
    [Range(-20f, 20f)]
    public float? GateBias { get; init; }

    /// <summary><see cref="GateBias"/> with nothing left open.</summary>
    internal float InitialGateBias =>
        GateBias
        ?? Gate switch
        {
            GateKind.Gru => 2,
            GateKind.Output or GateKind.Highway or GateKind.SigTanh => 1,
            GateKind.Residual or GateKind.Input => 0, // they have none
        };

    /// <summary>Whether layers normalise what their sub-layers read, and not what those give.</summary>
    internal bool NormalizesFirst =>
        Norm switch
        {
            NormPlacement.Pre => true,
            NormPlacement.Post => false,
        };

    /// <summary>Numbers of all heads together, H × head size.</summary>
    internal int ProjectionSize => Heads * HeadSize;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Norm == NormPlacement.Post && Gate != GateKind.Residual)
        {
            yield return new ValidationResult("gates need norm pre; post-normalisation has gate residual alone.", [nameof(Gate)]);
        }
        string? unbiased = Gate switch
        {
            GateKind.Input => "input gate",
            GateKind.Residual => "residual addition",
            GateKind.Output or GateKind.Highway or GateKind.SigTanh or GateKind.Gru => null,
        };
        if (GateBias is not null && unbiased is not null)
        {
            yield return new ValidationResult(
                $"the {unbiased} has no bias. Leave it out, or choose another gate.",
                [nameof(GateBias)]
            );
        }
    }
}

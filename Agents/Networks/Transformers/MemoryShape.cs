namespace Agents.Networks.Transformers;

/// <summary>A transformer's core state: <c>[L, M, width]</c> of ring buffers, then the age of the episode.</summary>
/// <remarks>
/// Row s of a layer's ring holds what the layer read in the steps p of the episode with p mod M = s: the input itself, or with
/// pre-normalisation the input shifted and scaled to mean 0 and deviation 1. That depends on no parameter, and gain and bias of the
/// normalisation are applied when the row is read, so that it equals the normalised input under whatever parameters read it.
/// Rows that the episode has not reached are 0. The age n counts steps and returns from 2 M to M, so that it stays exact in float32:
/// the next row to write is n mod M, and min(n, M) rows are filled. Age 0, as in a state of zeros, is the start of an episode.
/// </remarks>
internal readonly record struct MemoryShape
{
    /// <summary>The state of a specification's core.</summary>
    public MemoryShape(NetworkSettings settings)
    {
        Layers = settings.Transformer.Layers;
        Length = settings.Transformer.MemoryLength;
        Width = settings.CoreSize;
    }

    /// <summary>L.</summary>
    public int Layers { get; }

    /// <summary>Rows per layer, M.</summary>
    public int Length { get; }

    /// <summary>Numbers of a row.</summary>
    public int Width { get; }

    /// <summary>Numbers of all rings of a copy.</summary>
    public int RingSize => Layers * Length * Width;

    /// <summary>Numbers of a copy's state.</summary>
    public int StateSize => RingSize + 1;

    /// <summary>The age in a state, whoever wrote it: 0 to 2 M − 1.</summary>
    public int AgeOf(ReadOnlySpan<float> state) =>
        (int)Math.Clamp(float.IsNaN(state[RingSize]) ? 0 : state[RingSize], 0, 2 * Length - 1);

    /// <summary>The age one step later.</summary>
    public int Next(int age) => age + 1 == 2 * Length ? Length : age + 1;
}

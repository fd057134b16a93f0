namespace Learners.Optimizers;

/// <summary>What the network uses as a function of what an optimiser moves, number by number or array by array. Without state.</summary>
/// <remarks>
/// Stored numbers θ are those that optimisers move and checkpoints keep; effective ones w = f(θ) are those that networks, actors and policies have.
/// Spans are whole flat buffers, and a map leaves alone what it does not map.
/// </remarks>
internal interface IParameterMap
{
    /// <summary>w = f(θ).</summary>
    /// <param name="stored">θ.</param>
    /// <param name="effective">Destination; may be the same memory.</param>
    void Apply(ReadOnlySpan<float> stored, Span<float> effective);

    /// <summary>Turns the gradient with respect to w into that with respect to θ.</summary>
    /// <param name="stored">θ.</param>
    /// <param name="gradient">Changed in place.</param>
    void Pull(ReadOnlySpan<float> stored, Span<float> gradient);

    /// <summary>Some θ with f(θ) = w, so that networks begin as they would without the map.</summary>
    /// <param name="effective">w.</param>
    /// <param name="stored">Destination; may be the same memory.</param>
    void Invert(ReadOnlySpan<float> effective, Span<float> stored);
}

using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.ClassicControl;

/// <summary><see cref="CartPole"/> with a pole of another length and the same mass. A longer one falls more slowly, and is pushed less.</summary>
/// <remarks>A type of its own, so that saved states of the usual one stay as they are.</remarks>
/// <param name="halfLength">Half of the pole's length in metres, above 0; Gymnasium's attribute <c>length</c>.</param>
internal struct CartPoleOfLength(double halfLength) : IEnvironment, IRenderedEnvironment
{
    private readonly double _halfLength = halfLength;

    private CartPole _cartPole;

    /// <inheritdoc/>
    public readonly Space ObservationSpace => _cartPole.ObservationSpace;

    /// <inheritdoc/>
    public readonly Space ActionSpace => _cartPole.ActionSpace;

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => _cartPole.RenderSize;

    /// <inheritdoc/>
    public readonly int FramesPerSecond => _cartPole.FramesPerSecond;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random) => _cartPole.Reset(observation, ref random);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random) =>
        _cartPole.Step(action, observation, _halfLength);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas) => _cartPole.Render(canvas, _halfLength);
}

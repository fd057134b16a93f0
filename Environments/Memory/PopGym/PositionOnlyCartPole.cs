using System.Runtime.CompilerServices;
using Environments.ClassicControl;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.PopGym;

/// <summary><see cref="CartPole"/> whose velocities are hidden, with returns up to 1 (Morad et al. 2023, POPGym's <c>PositionOnlyCartPole</c>).</summary>
/// <remarks>Observation <c>[position, angle]</c> in m and rad; reward 1/limit per step; everything else is CartPole's. A seed starts as POPGym's.</remarks>
public struct PositionOnlyCartPole : IEnvironment, IRenderedEnvironment
{
    private static readonly Box Observations = new([-4.8f, -0.41887903f], [4.8f, 0.41887903f]);

    private readonly float _reward;
    private CartPole _cartPole;
    private Whole _whole;

    /// <summary>A cart whose episodes last <paramref name="limit"/> steps at most; POPGym's levels are 200, 400 and 600.</summary>
    public PositionOnlyCartPole(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _reward = 1f / limit;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => _cartPole.ActionSpace;

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _cartPole.Reset(_whole, ref random);
        Show(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        StepResult result = _cartPole.Step(action, _whole, ref random);
        Show(observation);
        return new StepResult(_reward, result.Terminated);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        float x = 160 + _whole[0] * 60;
        (float sin, float cos) = MathF.SinCos(_whole[2]);
        SymbolDrawing.Tile(canvas, SKRect.Create(0, 125, 320, 3));
        SymbolDrawing.Tile(canvas, SKRect.Create(x - 22, 112, 44, 18), symbol: 1);
        SymbolDrawing.Line(canvas, x, 112, x + 100 * sin, 112 - 100 * cos);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Show(Span<float> observation)
    {
        observation[1] = _whole[2];
        observation[0] = _whole[0];
    }

    /// <summary>CartPole's observation.</summary>
    [InlineArray(4)]
    private struct Whole
    {
        private float _first;
    }
}

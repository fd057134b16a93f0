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
    private float _position;
    private float _angle;

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
        Span<float> all = stackalloc float[4];
        _cartPole.Reset(all, ref random);
        Show(all, observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        Span<float> all = stackalloc float[4];
        StepResult result = _cartPole.Step(action, all, ref random);
        Show(all, observation);
        return result with { Reward = _reward };
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        float x = 160 + _position * 60;
        SymbolDrawing.Tile(canvas, SKRect.Create(0, 125, 320, 3));
        SymbolDrawing.Tile(canvas, SKRect.Create(x - 22, 112, 44, 18), symbol: 1);
        for (int i = 0; i <= 20; i++)
        {
            float along = i * 5;
            SymbolDrawing.Agent(canvas, x + along * MathF.Sin(_angle), 112 - along * MathF.Cos(_angle), 4);
        }
    }

    private void Show(ReadOnlySpan<float> all, Span<float> observation)
    {
        observation[1] = _angle = all[2];
        observation[0] = _position = all[0];
    }
}

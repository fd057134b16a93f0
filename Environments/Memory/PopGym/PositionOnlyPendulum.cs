using System.Runtime.CompilerServices;
using Environments.ClassicControl;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.PopGym;

/// <summary><see cref="Pendulum"/> whose velocity is hidden, with returns within ±1 (Morad et al. 2023, POPGym's <c>PositionOnlyPendulum</c>).</summary>
/// <remarks>
/// Observation <c>[cos angle, sin angle]</c>; Pendulum's reward r, −16.2736044 to 0, becomes (1 + r/8.1368022)/limit; everything else is
/// Pendulum's. A seed starts as POPGym's.
/// </remarks>
public struct PositionOnlyPendulum : IEnvironment, IRenderedEnvironment
{
    private const float HalfRange = 16.2736044f / 2;
    private static readonly Box Observations = new(-1, 1, 2);

    private readonly float _reward;
    private Pendulum _pendulum;
    private Whole _whole;

    /// <summary>A pendulum whose episodes last <paramref name="limit"/> steps; POPGym's levels are 200, 150 and 100.</summary>
    public PositionOnlyPendulum(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _reward = 1f / limit;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => _pendulum.ActionSpace;

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(160, 160);

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _pendulum.Reset(_whole, ref random);
        Show(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        float reward = _pendulum.Step(action, _whole, ref random).Reward;
        Show(observation);
        return new StepResult((1 + reward * (1 / HalfRange)) * _reward);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        SymbolDrawing.Line(canvas, 80, 80, 80 - 64 * _whole[1], 80 - 64 * _whole[0]);
        SymbolDrawing.Symbol(canvas, 0, 80, 80, 6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Show(Span<float> observation)
    {
        observation[1] = _whole[1];
        observation[0] = _whole[0];
    }

    /// <summary>Pendulum's observation.</summary>
    [InlineArray(3)]
    private struct Whole
    {
        private float _first;
    }
}

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
    private float _cos;
    private float _sin;

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
        Span<float> all = stackalloc float[3];
        _pendulum.Reset(all, ref random);
        Show(all, observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        Span<float> all = stackalloc float[3];
        StepResult result = _pendulum.Step(action, all, ref random);
        Show(all, observation);
        return result with { Reward = (1 + result.Reward / HalfRange) * _reward };
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        for (int i = 0; i <= 20; i++)
        {
            SymbolDrawing.Symbol(canvas, 0, 80 - i * 3.2f * _sin, 80 - i * 3.2f * _cos, 6);
        }
        SymbolDrawing.Agent(canvas, 80, 80, 4);
    }

    private void Show(ReadOnlySpan<float> all, Span<float> observation)
    {
        observation[1] = _sin = all[1];
        observation[0] = _cos = all[0];
    }
}

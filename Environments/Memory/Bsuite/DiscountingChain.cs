using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.Bsuite;

/// <summary>The first of a hundred actions chooses how late a reward comes, and one choice pays a tenth more (bsuite's <c>discounting_chain</c>).</summary>
/// <remarks>
/// Observation <c>[choice, t/100]</c>, the choice −1 before it is made. Choices 0 to 4 pay 1 after 1, 3, 10, 30 and 100 steps, the
/// favoured one 1.1. Terminates after 100 steps. Nothing is drawn. Random actions score 1.02, the optimum is 1.1.
/// </remarks>
public struct DiscountingChain : IEnvironment, IRenderedEnvironment
{
    private const int Length = 100;
    private const int Chains = 5;

    private readonly int _favoured;
    private int _choice;
    private int _time;

    /// <summary>Five chains, of which <paramref name="favoured"/> (0 to 4) pays more.</summary>
    public DiscountingChain(int favoured)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)favoured, (uint)Chains, nameof(favoured));
        _favoured = favoured;
    }

    private static ReadOnlySpan<byte> RewardTimes => [1, 3, 10, 30, 100];

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box([-1, 0], [Chains - 1, 1]);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(Chains);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        (_choice, _time) = (-1, 0);
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        if (_time == 0)
        {
            _choice = (int)action[0];
        }
        _time++;
        Observe(observation);
        float reward =
            _time != RewardTimes[_choice] ? 0
            : _choice == _favoured ? 1.1f
            : 1;
        return new StepResult(reward, _time == Length);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        for (int i = 0; i < Chains; i++)
        {
            SKRect row = SKRect.Create(20, 12 + 27 * i, 280, 18);
            SymbolDrawing.Tile(canvas, row);
            float reward = row.Left + row.Width * RewardTimes[i] / Length;
            SymbolDrawing.Symbol(canvas, i == _favoured ? 2 : 0, reward, row.MidY, 8);
            if (i == _choice)
            {
                SymbolDrawing.Agent(canvas, row.Left + row.Width * _time / Length, row.MidY, 6);
            }
        }
        SymbolDrawing.Progress(canvas, RenderSize, (float)_time / Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        observation[1] = _time / (float)Length;
        observation[0] = _choice;
    }
}

using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory;

/// <summary>Catch a falling ball with a paddle, though the picture goes dark on the way (Mnih et al. 2014; blanked in Ba et al. 2016, section 4.4).</summary>
/// <remarks>
/// Observation: the N × N cells row by row, top first, 1 where the ball or the paddle is; all 0 from step K + 1 on. The ball starts in a random column of the
/// top row and falls one row a step; the paddle, three cells of the bottom row, starts in the middle. Actions: 0 left, 1 stay, 2 right, as far as the paddle
/// stays within the grid. The ball reaches the bottom in step N − 1, which terminates and pays +1 if it meets the paddle and −1 if not; all else pays 0.
/// With N = 4, K = 1 and a ball in column 0:
/// <code>
/// step      Reset    Step (left)   Step (left)   Step (terminates)
/// top row   1 0 0 0  0 0 0 0       0 0 0 0       0 0 0 0
/// second    0 0 0 0  1 0 0 0       0 0 0 0       0 0 0 0
/// bottom    0 1 1 1  1 1 1 0       0 0 0 0       0 0 0 0
/// reward             0             0             +1
/// </code>
/// Actions that do not depend on the ball score −1 + 6/N, memory 1.
/// </remarks>
public struct BlankedCatch : IEnvironment, IRenderedEnvironment
{
    private readonly int _size;
    private readonly int _shown;
    private int _time;
    private int _ball;
    private int _paddle; // its middle cell

    /// <summary>A grid of the given size.</summary>
    /// <param name="size">Rows and columns, N, 4 to 64.</param>
    /// <param name="shown">Last step whose observation shows the grid, K, at least 0.</param>
    public BlankedCatch(int size, int shown)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 4);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 64);
        ArgumentOutOfRangeException.ThrowIfNegative(shown);
        (_size, _shown) = (size, shown);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(0, 1, _size * _size);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(3);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(256, 256);

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        (_time, _paddle) = (0, _size / 2);
        _ball = random.NextInt(0, _size);
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _paddle = Math.Clamp(_paddle + (int)action[0] - 1, 1, _size - 2);
        _time++;
        Observe(observation);
        bool landed = _time == _size - 1;
        float reward =
            !landed ? 0
            : Math.Abs(_ball - _paddle) <= 1 ? 1
            : -1;
        return new StepResult(reward, landed);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        float cell = (float)RenderSize.Width / _size;
        SymbolDrawing.Tile(canvas, SKRect.Create((_paddle - 1) * cell, (_size - 1) * cell, 3 * cell, cell), good: true);
        SymbolDrawing.Symbol(canvas, 0, (_ball + 0.5f) * cell, (_time + 0.5f) * cell, 0.4f * cell, strong: _time <= _shown);
        SymbolDrawing.Progress(canvas, RenderSize, _time / (_size - 1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        observation.Clear();
        if (_time <= _shown)
        {
            observation.Slice((_size - 1) * _size + _paddle - 1, 3).Fill(1);
            observation[_time * _size + _ball] = 1;
        }
    }
}

using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.TMazes;

/// <summary>Walk along a corridor and turn to the side that its first cell showed (Bakker 2001, "Reinforcement learning with LSTM").</summary>
/// <remarks>
/// Observation of three bits: <c>011</c> at the start when the goal lies north, <c>110</c> when south, <c>101</c> in the corridor,
/// <c>010</c> at the junction N cells further on. Actions 0 north, 1 east, 2 south, 3 west. At the junction north and south end the
/// episode with 4 if right and −0.1 if wrong; standing still against a wall costs 0.1, moving nothing. The optimum is 4, the best
/// without memory 1.95. The registered limit of 10 N steps is not Bakker's.
/// </remarks>
public struct BakkerTMaze : IEnvironment, IRenderedEnvironment
{
    private const float Goal = 4;
    private const float Wall = -0.1f;

    private readonly int _length;
    private int _position;
    private bool _north;

    /// <summary>A maze whose junction lies <paramref name="length"/> cells from the start, at least 1.</summary>
    public BakkerTMaze(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _length = length;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(0, 1, 3);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(4);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => TMazeDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _position = 0;
        _north = random.NextInt(0, 2) == 0;
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        int direction = (int)action[0];
        bool aside = (direction & 1) == 0;
        if (_position == _length && aside)
        {
            Observe(observation);
            return new StepResult(direction == 0 == _north ? Goal : Wall, true);
        }
        int next =
            aside ? _position
            : direction == 1 ? Math.Min(_position + 1, _length)
            : Math.Max(_position - 1, 0);
        float reward = next == _position ? Wall : 0;
        _position = next;
        Observe(observation);
        return new StepResult(reward);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas) =>
        TMazeDrawing.Draw(canvas, _length, 0, _position, 0, _north ? 1 : -1, shown: _position == 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        bool start = _position == 0;
        bool junction = _position == _length;
        observation[2] = junction | (start & !_north) ? 0 : 1;
        observation[0] = junction | (start & _north) ? 0 : 1;
        observation[1] = start | junction ? 1 : 0;
    }
}

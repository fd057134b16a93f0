using System.Runtime.CompilerServices;
using Environments.Randomness;

namespace Environments.MinAtar;

/// <summary>Keep a ball in play with a paddle and break bricks with it; 1 per brick. A cleared wall comes back once the ball is down again.</summary>
/// <remarks>Channels: 0 paddle, 1 ball, 2 the ball's previous cell, 3 brick. Minimal actions: wait, left, right. Ends when the ball is missed.</remarks>
public struct Breakout : IMinAtarGame
{
    private const uint Wall = (1u << 30) - 1; // rows 1 to 3; bit 10 (row − 1) + column
    private const int FirstBrick = 10;
    private const int PaddleRow = 9;

    private uint _bricks;
    private int _paddle;
    private int _x;
    private int _y;
    private int _stepX;
    private int _stepY;
    private int _trail;
    private bool _struck;

    /// <inheritdoc/>
    public static int Channels => 4;

    /// <inheritdoc/>
    public static ReadOnlySpan<MinAtarAction> MinimalActions => [MinAtarAction.Wait, MinAtarAction.Left, MinAtarAction.Right];

    /// <inheritdoc/>
    public void Reset<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        bool fromTheRight = random.NextInt(0, 2) == 1;
        (_x, _stepX) = fromTheRight ? (9, -1) : (0, 1);
        (_y, _stepY) = (3, 1);
        _trail = Board.Cell(_y, _x);
        _paddle = 4;
        _bricks = Wall;
        _struck = false;
    }

    /// <inheritdoc/>
    public StepResult Step<TRandom>(MinAtarAction action, ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        switch (action)
        {
            case MinAtarAction.Left:
                _paddle = Math.Max(0, _paddle - 1);
                break;
            case MinAtarAction.Right:
                _paddle = Math.Min(9, _paddle + 1);
                break;
            case MinAtarAction.Wait or MinAtarAction.Up or MinAtarAction.Down or MinAtarAction.Fire:
                break;
            default:
                throw new SwitchExpressionException(action);
        }

        _trail = Board.Cell(_y, _x);
        int x = _x + _stepX;
        int y = _y + _stepY;
        if ((uint)x > 9)
        {
            x = Math.Clamp(x, 0, 9);
            _stepX = -_stepX;
        }

        int reward = 0;
        bool struck = false;
        bool ended = false;
        if (y < 0)
        {
            y = 0;
            _stepY = -_stepY;
        }
        else if (IsBrick(y, x))
        {
            struck = true;
            if (!_struck) // right after a strike the ball passes into the next brick
            {
                reward = 1;
                _bricks &= ~Brick(y, x);
                y = _y;
                _stepY = -_stepY;
            }
        }
        else if (y == PaddleRow)
        {
            if (_bricks == 0)
            {
                _bricks = Wall;
            }
            if (_x == _paddle)
            {
                y = _y;
                _stepY = -_stepY;
            }
            else if (x == _paddle)
            {
                y = _y;
                (_stepX, _stepY) = (-_stepX, -_stepY);
            }
            else
            {
                ended = true;
            }
        }
        _struck = struck;
        (_x, _y) = (x, y);
        return new StepResult(reward, ended);
    }

    /// <inheritdoc/>
    public readonly void Observe(Span<float> cells)
    {
        cells[Board.Cell(PaddleRow, _paddle) * 4] = 1;
        cells[Board.Cell(_y, _x) * 4 + 1] = 1;
        cells[_trail * 4 + 2] = 1;
        Board.Paint((ulong)_bricks << FirstBrick, cells, 4, 3);
    }

    private readonly bool IsBrick(int row, int column) => row is >= 1 and <= 3 && (_bricks & Brick(row, column)) != 0;

    private static uint Brick(int row, int column) => 1u << (Board.Cell(row, column) - FirstBrick);
}

using System.Runtime.CompilerServices;
using Environments.Randomness;

namespace Environments.MinAtar;

/// <summary>Lead a chicken across eight lanes of traffic as often as possible; 1 per crossing. A car sends it back to the start.</summary>
/// <remarks>
/// Channels: 0 chicken, 1 car, 2 to 6 the cell behind a car that moves every second to every sixth step. Minimal actions: wait, up, down;
/// the chicken moves at most every third step. Always 2501 steps.
/// </remarks>
public struct Freeway : IMinAtarGame
{
    private const int Lanes = 8; // rows 1 to 8
    private const int Frames = 2500;
    private const int ChickenInterval = 3;
    private const int ChickenColumn = 4;
    private const int StartRow = 9;

    private Cars _cars;
    private int _row;
    private int _moveTimer;
    private int _framesLeft;

    /// <inheritdoc/>
    public static int Channels => 7;

    /// <inheritdoc/>
    public static ReadOnlySpan<MinAtarAction> MinimalActions => [MinAtarAction.Wait, MinAtarAction.Up, MinAtarAction.Down];

    /// <inheritdoc/>
    public void Reset<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        _cars = default; // all in column 0
        DrawSpeeds(ref random);
        _row = StartRow;
        _moveTimer = ChickenInterval;
        _framesLeft = Frames;
    }

    /// <inheritdoc/>
    public StepResult Step<TRandom>(MinAtarAction action, ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        switch (action)
        {
            case MinAtarAction.Up when _moveTimer == 0:
                _moveTimer = ChickenInterval;
                _row = Math.Max(0, _row - 1);
                break;
            case MinAtarAction.Down when _moveTimer == 0:
                _moveTimer = ChickenInterval;
                _row = Math.Min(StartRow, _row + 1);
                break;
            case MinAtarAction.Wait
            or MinAtarAction.Left
            or MinAtarAction.Up
            or MinAtarAction.Right
            or MinAtarAction.Down
            or MinAtarAction.Fire:
                break;
            default:
                throw new SwitchExpressionException(action);
        }
        int reward = 0;
        if (_row == 0)
        {
            reward = 1;
            _row = StartRow;
            DrawSpeeds(ref random);
        }
        Drive();
        _moveTimer -= _moveTimer > 0 ? 1 : 0;
        _framesLeft--;
        return new StepResult(reward, _framesLeft < 0);
    }

    /// <inheritdoc/>
    public readonly void Observe(Span<float> cells)
    {
        cells[Board.Cell(_row, ChickenColumn) * 7] = 1;
        for (int i = 0; i < Lanes; i++)
        {
            Car car = _cars[i];
            cells[Board.Cell(i + 1, car.X) * 7 + 1] = 1;
            cells[Board.Cell(i + 1, Wrap(car.X - Math.Sign(car.Speed))) * 7 + 1 + Math.Abs(car.Speed)] = 1;
        }
    }

    private void Drive()
    {
        for (int i = 0; i < Lanes; i++)
        {
            ref Car car = ref _cars[i];
            bool hit = car.X == ChickenColumn;
            if (car.Timer == 0)
            {
                car.Timer = Math.Abs(car.Speed);
                car.X = (sbyte)Wrap(car.X + Math.Sign(car.Speed));
                hit |= car.X == ChickenColumn;
            }
            else
            {
                car.Timer--;
            }
            if (hit && _row == i + 1)
            {
                _row = StartRow;
            }
        }
    }

    // First all speeds, then all directions. The cars stay where they are.
    private void DrawSpeeds<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        for (int i = 0; i < Lanes; i++)
        {
            _cars[i].Timer = (sbyte)random.NextInt(1, 6);
        }
        for (int i = 0; i < Lanes; i++)
        {
            _cars[i].Speed = (sbyte)(random.NextDouble() < 0.5 ? -_cars[i].Timer : _cars[i].Timer);
        }
    }

    private static int Wrap(int column) =>
        column < 0 ? column + Board.Size
        : column < Board.Size ? column
        : column - Board.Size;

    /// <summary>A car: its column, steps between its moves with the sign of its direction, and steps until its next move.</summary>
    private struct Car
    {
        public sbyte X;
        public sbyte Speed;
        public sbyte Timer;
    }

    [InlineArray(Lanes)]
    private struct Cars
    {
        private Car _first;
    }
}

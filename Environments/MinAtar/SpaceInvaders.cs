using System.Numerics;
using System.Runtime.CompilerServices;
using Environments.Randomness;

namespace Environments.MinAtar;

/// <summary>Shoot down a formation of aliens that advances and shoots back; 1 per alien. Each formation is faster than the one before it.</summary>
/// <remarks>
/// Channels: 0 cannon, 1 alien, 2 alien while they move left, 3 alien while they move right, 4 own bullet, 5 enemy bullet.
/// Minimal actions: wait, left, right, fire. Ends when the cannon is hit or the aliens reach the ground. Draws nothing.
/// </remarks>
public struct SpaceInvaders : IMinAtarGame
{
    private const int FirstMoveInterval = 12;
    private const int ShortestMoveInterval = 6;
    private const int EnemyShotInterval = 10;
    private const int Cooldown = 5;
    private const int CannonRow = 9;

    private UInt128 _aliens;
    private UInt128 _bullets;
    private UInt128 _enemyBullets;
    private int _cannon;
    private int _direction;
    private int _moveInterval;
    private int _moveTimer;
    private int _enemyShotTimer;
    private int _cooldown;

    /// <inheritdoc/>
    public static int Channels => 6;

    /// <inheritdoc/>
    public static ReadOnlySpan<MinAtarAction> MinimalActions =>
        [MinAtarAction.Wait, MinAtarAction.Left, MinAtarAction.Right, MinAtarAction.Fire];

    // Rows 0 to 3, columns 2 to 7.
    private static UInt128 Formation => (UInt128)(0xfcUL | 0xfcUL << 10 | 0xfcUL << 20 | 0xfcUL << 30);

    /// <inheritdoc/>
    public void Reset<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        _aliens = Formation;
        _bullets = UInt128.Zero;
        _enemyBullets = UInt128.Zero;
        _cannon = 5;
        _direction = -1;
        _moveInterval = FirstMoveInterval;
        _moveTimer = FirstMoveInterval;
        _enemyShotTimer = EnemyShotInterval;
        _cooldown = 0;
    }

    /// <inheritdoc/>
    public StepResult Step<TRandom>(MinAtarAction action, ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        UInt128 cannon = Act(action);
        _bullets >>= Board.Size;
        _enemyBullets = _enemyBullets << Board.Size & Board.All;
        bool ended = ((_enemyBullets | _aliens) & cannon) != UInt128.Zero;
        if (_moveTimer == 0)
        {
            ended |= MoveAliens();
            ended |= (_aliens & cannon) != UInt128.Zero;
        }
        if (_enemyShotTimer == 0)
        {
            _enemyShotTimer = EnemyShotInterval;
            ShootBack();
        }
        UInt128 hit = _aliens & _bullets;
        _aliens &= ~hit;
        _bullets &= ~hit;

        _cooldown -= _cooldown > 0 ? 1 : 0;
        _moveTimer--;
        _enemyShotTimer--;
        if (_aliens == UInt128.Zero)
        {
            _moveInterval -= _moveInterval > ShortestMoveInterval ? 1 : 0;
            _aliens = Formation;
        }
        return new StepResult(Count(hit), ended);
    }

    /// <inheritdoc/>
    public readonly void Observe(Span<float> cells)
    {
        cells[Board.Cell(CannonRow, _cannon) * 6] = 1;
        Board.Paint(_aliens, cells, 6, 1);
        Board.Paint(_aliens, cells, 6, _direction < 0 ? 2 : 3);
        Board.Paint(_bullets, cells, 6, 4);
        Board.Paint(_enemyBullets, cells, 6, 5);
    }

    // Returns the cannon's cell.
    private UInt128 Act(MinAtarAction action)
    {
        switch (action)
        {
            case MinAtarAction.Fire when _cooldown == 0:
                _bullets |= Board.Bit(CannonRow, _cannon);
                _cooldown = Cooldown;
                break;
            case MinAtarAction.Left:
                _cannon = Math.Max(0, _cannon - 1);
                break;
            case MinAtarAction.Right:
                _cannon = Math.Min(9, _cannon + 1);
                break;
            case MinAtarAction.Wait or MinAtarAction.Up or MinAtarAction.Down or MinAtarAction.Fire:
                break;
            default:
                throw new SwitchExpressionException(action);
        }
        return Board.Bit(CannonRow, _cannon);
    }

    // Returns whether the aliens reached the ground.
    private bool MoveAliens()
    {
        _moveTimer = Math.Min(Count(_aliens), _moveInterval);
        UInt128 edge = Board.Column(_direction < 0 ? 0 : 9);
        if ((_aliens & edge) == UInt128.Zero)
        {
            _aliens = _direction < 0 ? _aliens >> 1 : _aliens << 1;
            return false;
        }
        _direction = -_direction;
        bool landed = (_aliens & Board.Row(9)) != UInt128.Zero;
        _aliens = (_aliens << Board.Size | _aliens >> 90) & Board.All; // the lowest row comes out at the top, in a game that is over
        return landed;
    }

    // The lowest alien of the column nearest to the cannon shoots; of two columns the left one.
    private void ShootBack()
    {
        for (int distance = 0; distance < Board.Size; distance++)
        {
            if (ShootFrom(_cannon - distance) || ShootFrom(_cannon + distance))
            {
                return;
            }
        }
    }

    private bool ShootFrom(int column)
    {
        UInt128 aliens = Board.Contains(column) ? _aliens & Board.Column(column) : UInt128.Zero;
        if (aliens == UInt128.Zero)
        {
            return false;
        }
        _enemyBullets |= UInt128.One << (127 - (int)UInt128.LeadingZeroCount(aliens));
        return true;
    }

    private static int Count(UInt128 set) => BitOperations.PopCount((ulong)set) + BitOperations.PopCount((ulong)(set >> 64));
}

using System.Runtime.CompilerServices;
using Environments.Randomness;

namespace Environments.MinAtar;

/// <summary>
/// Steer a submarine: shoot fish and enemy submarines, 1 each, take divers on board, and surface with six of them for up to 10 points before
/// the oxygen is used up. Each time it surfaces, more and faster enemies come.
/// </summary>
/// <remarks>
/// Channels: 0 front and 1 back of the submarine, 2 own bullet, 3 the cell behind a fish, enemy submarine or diver, 4 enemy bullet, 5 fish,
/// 6 enemy submarine, 7 oxygen gauge, 8 gauge of divers on board, 9 diver. Minimal actions: all. Ends when the submarine is hit, runs out of
/// oxygen or surfaces without a diver. As in the original, surfacing with six divers leaves a count of −1.
/// </remarks>
public struct Seaquest : IMinAtarGame
{
    private const int MaxOxygen = 200;
    private const int MaxDivers = 6;
    private const int FirstEnemyInterval = 20;
    private const int DiverInterval = 30;
    private const int FirstMoveInterval = 5;
    private const int ShortestMoveInterval = 2;
    private const int DiverMoveInterval = 5;
    private const int EnemyShotInterval = 10;
    private const int Cooldown = 5;
    private const int GaugeRow = 9;
    private const int C = 10;

    private Swimmers _bullets;
    private Swimmers _divers;
    private Swimmers _submarines;
    private Swimmers _enemyBullets;
    private Swimmers _fish;
    private int _row;
    private int _x;
    private int _facing;
    private int _oxygen;
    private int _onBoard;
    private int _cooldown;
    private int _enemyInterval;
    private int _enemyTimer;
    private int _diverTimer;
    private int _moveInterval;
    private int _ramps;
    private bool _atSurface;

    /// <inheritdoc/>
    public static int Channels => C;

    /// <inheritdoc/>
    public static ReadOnlySpan<MinAtarAction> MinimalActions =>
        [MinAtarAction.Wait, MinAtarAction.Left, MinAtarAction.Up, MinAtarAction.Right, MinAtarAction.Down, MinAtarAction.Fire];

    /// <inheritdoc/>
    public void Reset<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        _bullets.Clear();
        _divers.Clear();
        _submarines.Clear();
        _enemyBullets.Clear();
        _fish.Clear();
        (_row, _x, _facing) = (0, 5, -1);
        _oxygen = MaxOxygen;
        _onBoard = 0;
        _cooldown = 0;
        _enemyInterval = FirstEnemyInterval;
        _enemyTimer = FirstEnemyInterval;
        _diverTimer = DiverInterval;
        _moveInterval = FirstMoveInterval;
        _ramps = 0;
        _atSurface = true;
    }

    /// <inheritdoc/>
    public StepResult Step<TRandom>(MinAtarAction action, ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        if (_enemyTimer == 0)
        {
            SpawnEnemy(ref random);
            _enemyTimer = _enemyInterval;
        }
        if (_diverTimer == 0)
        {
            SpawnDiver(ref random);
            _diverTimer = DiverInterval;
        }
        Act(action);
        int reward = MoveBullets();
        MoveDivers();
        bool ended = MoveEnemies(ref _submarines, shooting: true, ref reward);
        ended |= MoveEnemyBullets();
        ended |= MoveEnemies(ref _fish, shooting: false, ref reward);
        _enemyTimer -= _enemyTimer > 0 ? 1 : 0;
        _diverTimer -= _diverTimer > 0 ? 1 : 0;
        _cooldown -= _cooldown > 0 ? 1 : 0;
        ended |= Breathe(ref reward);
        return new StepResult(reward, ended);
    }

    /// <inheritdoc/>
    public readonly void Observe(Span<float> cells)
    {
        cells[Board.Cell(_row, _x) * C] = 1;
        cells[Board.Cell(_row, _x - _facing) * C + 1] = 1; // never off the board: who stands at an edge came from within
        _bullets.Paint(cells, C, 2);
        _enemyBullets.Paint(cells, C, 4);
        _fish.Paint(cells, C, 5, trailChannel: 3);
        _submarines.Paint(cells, C, 6, trailChannel: 3);
        _divers.Paint(cells, C, 9, trailChannel: 3);
        int filled = Math.Max(0, _oxygen) * Board.Size / MaxOxygen;
        for (int column = 0; column < filled; column++)
        {
            cells[Board.Cell(GaugeRow, column) * C + 7] = 1;
        }
        for (int column = 9 - Math.Max(0, _onBoard); column < 9; column++)
        {
            cells[Board.Cell(GaugeRow, column) * C + 8] = 1;
        }
    }

    private void SpawnEnemy<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        int step = random.NextDouble() < 0.5 ? 1 : -1;
        bool isSubmarine = random.NextDouble() < 1.0 / 3;
        int row = random.NextInt(1, 9);
        if (_submarines.Any(row, -step) || _fish.Any(row, -step))
        {
            return;
        }
        var enemy = new Swimmer(row, Entry(step), step) { MoveTimer = (sbyte)_moveInterval };
        if (isSubmarine)
        {
            _submarines.Add(enemy with { ShotTimer = EnemyShotInterval });
        }
        else
        {
            _fish.Add(enemy);
        }
    }

    private void SpawnDiver<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        int step = random.NextDouble() < 0.5 ? 1 : -1;
        int row = random.NextInt(1, 9);
        _divers.Add(new Swimmer(row, Entry(step), step) { MoveTimer = DiverMoveInterval });
    }

    private static int Entry(int step) => step > 0 ? 0 : 9;

    private void Act(MinAtarAction action)
    {
        switch (action)
        {
            case MinAtarAction.Fire when _cooldown == 0:
                _bullets.Add(new Swimmer(_row, _x, _facing));
                _cooldown = Cooldown;
                break;
            case MinAtarAction.Left:
                _x = Math.Max(0, _x - 1);
                _facing = -1;
                break;
            case MinAtarAction.Right:
                _x = Math.Min(9, _x + 1);
                _facing = 1;
                break;
            case MinAtarAction.Up:
                _row = Math.Max(0, _row - 1);
                break;
            case MinAtarAction.Down:
                _row = Math.Min(8, _row + 1);
                break;
            case MinAtarAction.Wait or MinAtarAction.Fire:
                break;
            default:
                throw new SwitchExpressionException(action);
        }
    }

    // All lists are walked from the newest to the oldest over their live indices, so that a removal skips nothing.
    private int MoveBullets()
    {
        int reward = 0;
        for (int i = _bullets.Count - 1; i >= 0; i--)
        {
            ref Swimmer bullet = ref _bullets[i];
            bullet.Advance();
            if (bullet.IsGone)
            {
                _bullets.RemoveEqual(i);
            }
            else if (_fish.RemoveAt(bullet.Row, bullet.X) || _submarines.RemoveAt(bullet.Row, bullet.X))
            {
                _bullets.RemoveEqual(i);
                reward++;
            }
        }
        return reward;
    }

    private void MoveDivers()
    {
        for (int i = _divers.Count - 1; i >= 0; i--)
        {
            ref Swimmer diver = ref _divers[i];
            bool taken = TakesOnBoard(diver);
            if (!taken)
            {
                if (diver.MoveTimer > 0)
                {
                    diver.MoveTimer--;
                    continue;
                }
                diver.MoveTimer = DiverMoveInterval;
                diver.Advance();
                taken = TakesOnBoard(diver);
            }
            if (taken || diver.IsGone)
            {
                _onBoard += taken ? 1 : 0;
                _divers.RemoveEqual(i);
            }
        }
    }

    private readonly bool TakesOnBoard(in Swimmer diver) => _onBoard < MaxDivers && diver.IsAt(_row, _x);

    // Returns whether one met the submarine, which does not keep it from moving on.
    private bool MoveEnemies(ref Swimmers enemies, bool shooting, ref int reward)
    {
        bool hit = false;
        for (int i = enemies.Count - 1; i >= 0; i--)
        {
            ref Swimmer enemy = ref enemies[i];
            hit |= enemy.IsAt(_row, _x);
            int place = i;
            Swimmer shooter = default;
            if (enemy.MoveTimer > 0)
            {
                enemy.MoveTimer--;
            }
            else
            {
                enemy.MoveTimer = (sbyte)_moveInterval;
                enemy.Advance();
                hit |= enemy.IsAt(_row, _x);
                bool shot = !enemy.IsAt(_row, _x) && _bullets.RemoveAt(enemy.Row, enemy.X);
                reward += shot ? 1 : 0;
                if (shot || enemy.IsGone)
                {
                    shooter = enemy;
                    place = enemies.RemoveEqual(i);
                }
            }
            if (shooting)
            {
                ref Swimmer one = ref shooter; // one that was just removed shoots for the last time
                if (place >= 0)
                {
                    one = ref enemies[place];
                }
                Shoot(ref one);
            }
        }
        return hit;
    }

    private void Shoot(ref Swimmer enemy)
    {
        if (enemy.ShotTimer > 0)
        {
            enemy.ShotTimer--;
            return;
        }
        enemy.ShotTimer = EnemyShotInterval;
        _enemyBullets.Add(new Swimmer(enemy.Row, enemy.X, enemy.Step));
    }

    private bool MoveEnemyBullets()
    {
        bool hit = false;
        for (int i = _enemyBullets.Count - 1; i >= 0; i--)
        {
            ref Swimmer bullet = ref _enemyBullets[i];
            hit |= bullet.IsAt(_row, _x);
            bullet.Advance();
            hit |= bullet.IsAt(_row, _x);
            if (bullet.IsGone)
            {
                _enemyBullets.RemoveEqual(i);
            }
        }
        return hit;
    }

    // Returns whether the game is over.
    private bool Breathe(ref int reward)
    {
        bool ended = _oxygen <= 0;
        if (_row > 0)
        {
            _oxygen--;
            _atSurface = false;
        }
        else if (!_atSurface)
        {
            if (_onBoard == 0)
            {
                return true;
            }
            Surface(ref reward);
        }
        return ended;
    }

    private void Surface(ref int reward)
    {
        _atSurface = true;
        if (_onBoard == MaxDivers)
        {
            _onBoard = 0;
            reward += _oxygen * 10 / MaxOxygen;
        }
        _oxygen = MaxOxygen;
        _onBoard--;
        if (_enemyInterval > 1 || _moveInterval > ShortestMoveInterval)
        {
            _moveInterval -= _moveInterval > ShortestMoveInterval && _ramps % 2 == 1 ? 1 : 0;
            _enemyInterval -= _enemyInterval > 1 ? 1 : 0;
            _ramps++;
        }
    }
}

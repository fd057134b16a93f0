using System.Runtime.CompilerServices;
using Environments.Randomness;

namespace Environments.MinAtar;

/// <summary>Collect gold and evade enemies that cross the board ever faster; 1 per gold.</summary>
/// <remarks>
/// Channels: 0 player, 1 enemy, 2 the cell behind an enemy or gold, 3 gold. Minimal actions: all but fire. Ends when an enemy is touched.
/// </remarks>
public struct Asterix : IMinAtarGame
{
    private const int FirstSpawnInterval = 10;
    private const int FirstMoveInterval = 5;
    private const int RampInterval = 100;
    private const int Lanes = 8; // rows 1 to 8, at most one thing in each

    private Things _things;
    private int _x;
    private int _y;
    private int _spawnInterval;
    private int _spawnTimer;
    private int _moveInterval;
    private int _moveTimer;
    private int _rampTimer;
    private int _ramps;

    /// <inheritdoc/>
    public static int Channels => 4;

    /// <inheritdoc/>
    public static ReadOnlySpan<MinAtarAction> MinimalActions =>
        [MinAtarAction.Wait, MinAtarAction.Left, MinAtarAction.Up, MinAtarAction.Right, MinAtarAction.Down];

    /// <inheritdoc/>
    public void Reset<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        this = default;
        (_x, _y) = (5, 5);
        _spawnInterval = FirstSpawnInterval;
        _spawnTimer = FirstSpawnInterval;
        _moveInterval = FirstMoveInterval;
        _moveTimer = FirstMoveInterval;
        _rampTimer = RampInterval;
    }

    /// <inheritdoc/>
    public StepResult Step<TRandom>(MinAtarAction action, ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        if (_spawnTimer == 0)
        {
            Spawn(ref random);
            _spawnTimer = _spawnInterval;
        }
        Move(action);
        int reward = 0;
        bool ended = Touch(ref reward);
        if (_moveTimer == 0)
        {
            _moveTimer = _moveInterval;
            MoveThings();
            ended |= Touch(ref reward);
        }
        _spawnTimer--;
        _moveTimer--;
        Ramp();
        return new StepResult(reward, ended);
    }

    /// <inheritdoc/>
    public readonly void Observe(Span<float> cells)
    {
        cells[Board.Cell(_y, _x) * 4] = 1;
        for (int i = 0; i < Lanes; i++)
        {
            Thing thing = _things[i];
            if (thing.Exists)
            {
                cells[Board.Cell(i + 1, thing.X) * 4 + (thing.IsGold ? 3 : 1)] = 1;
                int behind = thing.X - thing.Step;
                if (Board.Contains(behind))
                {
                    cells[Board.Cell(i + 1, behind) * 4 + 2] = 1;
                }
            }
        }
    }

    private void Spawn<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        bool fromTheLeft = random.NextDouble() < 0.5;
        bool isGold = random.NextDouble() < 1.0 / 3;
        int free = 0;
        for (int i = 0; i < Lanes; i++)
        {
            free += _things[i].Exists ? 0 : 1;
        }
        if (free == 0)
        {
            return;
        }
        int skipped = random.NextInt(0, free);
        int lane = 0;
        while (_things[lane].Exists || skipped-- > 0)
        {
            lane++;
        }
        _things[lane] = fromTheLeft ? new Thing(0, 1, isGold) : new Thing(9, -1, isGold);
    }

    private void Move(MinAtarAction action)
    {
        switch (action)
        {
            case MinAtarAction.Left:
                _x = Math.Max(0, _x - 1);
                break;
            case MinAtarAction.Right:
                _x = Math.Min(9, _x + 1);
                break;
            case MinAtarAction.Up:
                _y = Math.Max(1, _y - 1);
                break;
            case MinAtarAction.Down:
                _y = Math.Min(Lanes, _y + 1);
                break;
            case MinAtarAction.Wait or MinAtarAction.Fire:
                break;
            default:
                throw new SwitchExpressionException(action);
        }
    }

    private void MoveThings()
    {
        for (int i = 0; i < Lanes; i++)
        {
            ref Thing thing = ref _things[i];
            int x = thing.X + thing.Step;
            thing = thing.Exists && Board.Contains(x) ? thing with { X = (sbyte)x } : default;
        }
    }

    // Only the thing in the player's own lane can be on the player's cell. Returns whether it was an enemy.
    private bool Touch(ref int reward)
    {
        ref Thing thing = ref _things[_y - 1];
        if (!thing.Exists || thing.X != _x)
        {
            return false;
        }
        if (!thing.IsGold)
        {
            return true;
        }
        thing = default;
        reward++;
        return false;
    }

    private void Ramp()
    {
        if (_spawnInterval <= 1 && _moveInterval <= 1)
        {
            return;
        }
        if (_rampTimer >= 0)
        {
            _rampTimer--;
            return;
        }
        _moveInterval -= _moveInterval > 1 && _ramps % 2 == 1 ? 1 : 0;
        _spawnInterval -= _spawnInterval > 1 ? 1 : 0;
        _ramps++;
        _rampTimer = RampInterval;
    }

    /// <summary>An enemy or gold.</summary>
    /// <param name="X">Column.</param>
    /// <param name="Step">Columns per move, ±1; 0 where there is nothing.</param>
    /// <param name="IsGold">Gold, not an enemy.</param>
    private readonly record struct Thing(sbyte X, sbyte Step, bool IsGold)
    {
        public bool Exists => Step != 0;
    }

    [InlineArray(Lanes)]
    private struct Things
    {
        private Thing _first;
    }
}

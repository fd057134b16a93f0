using Environments;
using Environments.Memory.PopGym;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.PopGym;

public abstract class ConcentrationContract(string level, int decks, bool byRank) : EnvironmentContract<Concentration>
{
    protected override string Id => $"Memory/Concentration-v0?level={level}";

    protected override double RandomReturnTolerance => 0.015;

    protected override int RandomEpisodes => 2000;

    protected override bool StartsAtRandom => false;

    protected override Concentration Create() => new(decks, byRank);

    /// <summary>Mean return of the player of this test.</summary>
    protected abstract double Best { get; }

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0;
        return true;
    }

    [Fact]
    public void Step_PlayerWithMemory_ReachesTheScoreOfPerfectMemory()
    {
        var player = new PerfectMemory(52 * decks, byRank ? 13 : 2);
        Assert.Equal(Best, ScriptedPlayer.MeanReturn(Id, 400, player.Act), 0.02);
    }

    /// <summary>Turns known pairs, else an unseen card and its mate if that is known.</summary>
    private sealed class PerfectMemory(int cells, int faceDown)
    {
        private readonly float[] _known = new float[cells];
        private readonly bool[] _gone = new bool[cells];
        private int _first = -1;
        private (int, int) _pending = (-1, -1); // turned together, not yet seen

        public int Act(IReadOnlyList<float[]> shown)
        {
            if (shown.Count == 1)
            {
                Array.Fill(_known, faceDown);
                Array.Clear(_gone);
                (_first, _pending) = (-1, (-1, -1));
            }
            for (int i = 0; i < cells; i++)
            {
                _known[i] = shown[^1][i] == faceDown ? _known[i] : shown[^1][i];
            }
            if (_first >= 0)
            {
                int mate = Find(i => i != _first && _known[i] == _known[_first]);
                int second = mate >= 0 ? mate : Find(i => _known[i] == faceDown);
                if (mate >= 0)
                {
                    (_gone[_first], _gone[mate]) = (true, true);
                }
                else
                {
                    _pending = (_first, second);
                }
                _first = -1;
                return second;
            }
            (int a, int b) = _pending;
            if (a >= 0)
            {
                bool match = _known[a] == _known[b];
                (_gone[a], _gone[b], _pending) = (match, match, (-1, -1));
            }
            _first = Find(i => _known[i] != faceDown && Find(j => j != i && _known[j] == _known[i]) >= 0);
            if (_first < 0)
            {
                _first = Find(i => _known[i] == faceDown);
            }
            return _first;
        }

        private int Find(Predicate<int> wanted)
        {
            for (int i = 0; i < cells; i++)
            {
                if (!_gone[i] && wanted(i))
                {
                    return i;
                }
            }
            return -1;
        }
    }
}

public sealed class ConcentrationEasyTests() : ConcentrationContract("easy", 1, false)
{
    protected override double Best => 0.82;

    [Fact]
    public void Step_TurningCells_ShowsThemOnceAndPaysByTheRules()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id);
        batch.Reset(9);
        Assert.Equal(104, batch.Spec.MaxEpisodeSteps);
        Assert.All(batch.Observations.ToArray(), value => Assert.Equal(2, value));

        batch.Step([0]);
        float first = batch.Observations[0];
        Assert.NotEqual(2, first);
        Assert.Equal(0, batch.Rewards[0]);
        int mate = 0;
        for (int cell = 1; mate == 0; cell++) // each together with cell 0
        {
            batch.Step([cell]);
            bool match = batch.Observations[cell] == first;
            Assert.Equal(first, batch.Observations[0]);
            Assert.Equal(match ? 1 / 26f : -2 / 104f, batch.Rewards[0]);
            if (match)
            {
                mate = cell;
                break;
            }
            batch.Step([0]);
            Assert.Equal(2, batch.Observations[cell]);
        }
        int unseen = mate + 1;
        batch.Step([mate]); // open already
        Assert.Equal(-1 / 104f, batch.Rewards[0]);
        Assert.Equal(first, batch.Observations[mate]);
        batch.Step([unseen]);
        Assert.Equal(0, batch.Rewards[0]);
        batch.Step([0]); // open already, as the second one
        Assert.Equal(-2 / 104f, batch.Rewards[0]);
        batch.Step([unseen]);
        batch.Step([unseen]); // the same one twice
        Assert.Equal(-2 / 104f, batch.Rewards[0]);
        Assert.Equal(50, batch.Observations.ToArray().Count(value => value == 2) + 1);
    }
}

public sealed class ConcentrationMediumTests() : ConcentrationContract("medium", 2, false)
{
    protected override double Best => 0.81;
}

public sealed class ConcentrationHardTests() : ConcentrationContract("hard", 1, true)
{
    protected override double Best => 0.70;
}

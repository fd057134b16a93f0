using Environments.Memory.PopGym;
using Environments.Randomness;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.PopGym;

public sealed class RepeatFirstTests : EnvironmentContract<RepeatFirst>
{
    protected override string Id => "Memory/RepeatFirst-v0?level=medium";

    protected override double RandomReturnTolerance => 0.02;

    protected override RepeatFirst Create() => new(8);

    [Theory]
    [InlineData("easy", 51)]
    [InlineData("medium", 415)]
    [InlineData("hard", 831)]
    public void Step_PlayerWithMemory_ReachesTheOptimum(string level, int length)
    {
        int steps = 0;
        double mean = ScriptedPlayer.MeanReturn(
            $"Memory/RepeatFirst-v0?level={level}",
            5,
            shown =>
            {
                steps++;
                return (int)shown[0][0];
            }
        );
        Assert.Equal(1, mean, 1e-5);
        Assert.Equal(5 * length, steps);
    }
}

public sealed class RepeatPreviousTests : EnvironmentContract<RepeatPrevious>
{
    protected override string Id => "Memory/RepeatPrevious-v0";

    protected override double RandomReturnTolerance => 0.02;

    protected override int RandomEpisodes => 1000;

    protected override RepeatPrevious Create() => new(1, 4);

    [Theory]
    [InlineData("easy", 51, 4)]
    [InlineData("medium", 103, 32)]
    [InlineData("hard", 155, 64)]
    public void Step_PlayerWithMemory_ReachesTheOptimum(string level, int length, int k)
    {
        int steps = 0;
        double mean = ScriptedPlayer.MeanReturn(
            $"Memory/RepeatPrevious-v0?level={level}",
            10,
            shown =>
            {
                steps++;
                return shown.Count >= k ? (int)shown[^k][0] : 0;
            }
        );
        Assert.Equal(1, mean, 1e-5);
        Assert.Equal(10 * length, steps);
    }
}

public sealed class AutoencodeTests : EnvironmentContract<Autoencode>
{
    protected override string Id => "Memory/Autoencode-v0";

    protected override double RandomReturnTolerance => 0.02;

    protected override int RandomEpisodes => 1000;

    protected override Autoencode Create() => new(1);

    [Theory]
    [InlineData("easy", 52)]
    [InlineData("medium", 104)]
    [InlineData("hard", 156)]
    public void Step_PlayerWithMemory_ReachesTheOptimum(string level, int cards)
    {
        int steps = 0;
        double mean = ScriptedPlayer.MeanReturn(
            $"Memory/Autoencode-v0?level={level}",
            5,
            shown =>
            {
                steps++;
                int asked = shown.Count - cards;
                Assert.Equal(asked < 0, shown[^1][0] == 1);
                return asked >= 0 ? (int)shown[cards - 1 - asked][1] : 0;
            }
        );
        Assert.Equal(1, mean, 1e-5);
        Assert.Equal(5 * (2 * cards - 1), steps);
    }
}

public sealed class SuitDeckTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Deal_WholeDecks_IsTheShuffleOfTheWholeArrayFromItsEnd(int decks)
    {
        var whole = new Pcg64(42);
        var drawn = new Pcg64(42);
        var deck = new SuitDeck(decks);
        for (int game = 0; game < 3; game++)
        {
            int[] cards = [.. Enumerable.Range(0, 52 * decks)];
            whole.ShuffleAsNumPy<int>(cards);
            deck.Collect();
            for (int i = 0; i < cards.Length; i++)
            {
                Assert.Equal(cards[^(i + 1)] % 4, deck.Deal(ref drawn));
                Assert.Equal(cards[^1] % 4, deck[0]);
            }
        }
    }
}

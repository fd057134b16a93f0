using Environments;
using Environments.Memory;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory;

public sealed class AssociativeRetrievalTests : EnvironmentContract<AssociativeRetrieval>
{
    private const int Letters = 26;

    protected override string Id => "Memory/AssociativeRetrieval-v0";

    protected override double RandomReturnTolerance => 0.02;

    protected override int RandomEpisodes => 4000;

    protected override AssociativeRetrieval Create() => new(2, Letters);

    [Fact]
    public void Step_TwoPairs_ShowsTheDocumentedTable()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id);
        batch.Reset(1);
        for (int episode = 0; episode < 40; episode++)
        {
            var symbols = new List<int> { (int)batch.Observations[0] };
            for (int t = 0; t < 6; t++)
            {
                batch.Step([symbols.Count > 1 ? symbols[1] - Letters : 0]);
                Assert.Equal(0, batch.Rewards[0]);
                Assert.False(batch.Terminated[0]);
                symbols.Add((int)batch.Observations[0]);
            }
            Assert.Equal([Letters + 10, Letters + 10], symbols[4..6]);
            Assert.NotEqual(symbols[0], symbols[2]);
            Assert.All((int[])[symbols[1], symbols[3]], digit => Assert.InRange(digit, Letters, Letters + 9));
            int pair = symbols.IndexOf(symbols[6]);
            Assert.True(pair is 0 or 2);
            int right = symbols[pair + 1] - Letters;
            int answer = episode % 2 == 0 ? right : (right + 1) % 10;
            batch.Step([answer]);
            Assert.Equal(answer == right ? 1 : 0, batch.Rewards[0]);
            Assert.True(batch.Terminated[0]);
            Assert.Equal([Letters + 10], batch.FinalObservations);
        }
    }

    [Theory]
    [InlineData(2, 26)]
    [InlineData(8, 8)]
    public void Step_PlayerWithMemory_ReachesTheOptimum(int pairs, int letters)
    {
        double mean = ScriptedPlayer.MeanReturn(
            $"Memory/AssociativeRetrieval-v0?pairs={pairs}&letters={letters}",
            50,
            shown =>
            {
                int pair = shown.Count == 2 * pairs + 3 ? shown.ToList().FindIndex(symbol => symbol[0] == shown[^1][0]) : -1;
                return pair >= 0 ? (int)shown[pair + 1][0] - letters : 0;
            }
        );
        Assert.Equal(1, mean);
    }

    [Fact]
    public void Make_FewerLettersThanPairs_IsRefused() =>
        Assert.ThrowsAny<ArgumentException>(() =>
            EnvironmentRegistry.Default.Make("Memory/AssociativeRetrieval-v0?pairs=5&letters=4")
        );
}

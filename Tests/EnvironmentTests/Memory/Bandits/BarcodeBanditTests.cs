using Environments;
using Environments.Memory.Bandits;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.Bandits;

public sealed class BarcodeBanditTests : EnvironmentContract<BarcodeBandit>
{
    private const string Small = "Memory/BarcodeBandit-v0?arms=4&contexts=4&bits=5&repeats=5&pulls=8";

    protected override string Id => "Memory/BarcodeBandit-v0";

    protected override double RandomReturnTolerance => 0.08;

    protected override int RandomEpisodes => 4000;

    protected override BarcodeBandit Create() => new(10, 10, 10, 10, 10);

    [Fact]
    public void Reset_TwoEpochs_ShowEachBarcodeTenTimesWithAnArmOfItsOwn()
    {
        using var batch = (BatchedEnvironment<BarcodeBandit>)EnvironmentRegistry.Default.Make(Id);
        batch.Reset(2);
        var earlier = new HashSet<string>();
        for (int epoch = 0; epoch < 2; epoch++)
        {
            var episodes = new List<(string Barcode, int Arm)>();
            for (int episode = 0; episode < 100; episode++)
            {
                episodes.Add((string.Concat(batch.Observations[..10].ToArray()), batch[0].GoodArm));
                for (int t = 0; t < 10; t++)
                {
                    batch.Step([0]);
                }
                Assert.True(batch.Terminated[0]);
            }
            Assert.Equal(10, episodes.Select(episode => episode.Barcode).Distinct().Count());
            Assert.Equal(10, episodes.Distinct().Count());
            Assert.Equal(10, episodes.Select(episode => episode.Arm).Distinct().Count());
            Assert.All(episodes.CountBy(episode => episode), count => Assert.Equal(10, count.Value));
            Assert.False(earlier.SetEquals(episodes.Select(episode => episode.Barcode)));
            earlier = [.. episodes.Select(episode => episode.Barcode)];
        }
    }

    [Theory]
    [InlineData("Memory/BarcodeBandit-v0", 10, 9.0)]
    [InlineData(Small, 8, 7.2)]
    public void Step_PlayerWhoKnowsTheArm_GetsTheExactScore(string id, int pulls, double expected)
    {
        using var batch = (BatchedEnvironment<BarcodeBandit>)EnvironmentRegistry.Default.Make(id);
        batch.Reset(3);
        double sum = 0;
        const int episodes = 3000;
        for (int t = 0; t < pulls * episodes; t++)
        {
            batch.Step([batch[0].GoodArm]);
            sum += batch.Rewards[0];
        }
        Assert.Equal(expected, sum / episodes, 0.1);
    }

    [Fact]
    public void Step_PlayerThatRemembersEarlierEpisodes_BeatsOneThatForgets()
    {
        Assert.InRange(Play(remembers: true), 6.5, 7.2);
        Assert.InRange(Play(remembers: false), 3, 5.5);
    }

    [Fact]
    public void Make_MoreContextsThanBarcodes_Throws()
    {
        var error = Assert.Throws<InvalidOptionException>(() =>
            EnvironmentRegistry.Default.Make("Memory/BarcodeBandit-v0?bits=3")
        );
        Assert.Contains("only 8 barcodes", error.Message, StringComparison.Ordinal);
    }

    // Takes the arm with the best record for this barcode; an untried arm counts as a coin.
    private static double Play(bool remembers)
    {
        var record = new Dictionary<(string, int), (double Paid, double Pulled)>();
        int episodes = 0;
        int last = 0;
        return ScriptedPlayer
            .Returns(
                Small,
                2000,
                shown =>
                {
                    string barcode = string.Concat(shown[0].AsSpan(0, 5).ToArray());
                    if (shown.Count == 1)
                    {
                        if (!remembers || episodes % 20 == 0)
                        {
                            record.Clear();
                        }
                        episodes++;
                    }
                    else
                    {
                        Note(barcode, last, shown[^1][^1]);
                    }
                    last = Enumerable.Range(0, 4).MaxBy(arm => Rate(barcode, arm));
                    return last;
                }
            )
            .Where((_, i) => i % 20 >= 12) // most barcodes have been seen before
            .Average();

        double Rate(string barcode, int arm)
        {
            (double paid, double pulled) = record.GetValueOrDefault((barcode, arm));
            return (paid + 0.3) / (pulled + 1);
        }

        void Note(string barcode, int arm, float reward)
        {
            (double paid, double pulled) = record.GetValueOrDefault((barcode, arm));
            record[(barcode, arm)] = (paid + reward, pulled + 1);
        }
    }
}

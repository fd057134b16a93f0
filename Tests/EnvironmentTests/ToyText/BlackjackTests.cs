using System.Text.Json;
using Environments;
using Environments.Randomness;
using Environments.ToyText;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.ToyText;

public sealed class BlackjackTests : EnvironmentContract<Blackjack>
{
    protected override string Id => "Blackjack-v1";

    protected override double RandomReturnTolerance => 0.06;

    protected override int RandomEpisodes => 2000;

    [Theory]
    [InlineData("sab", BlackjackRules.SuttonBarto)]
    [InlineData("natural", BlackjackRules.NaturalBonus)]
    [InlineData("plain", BlackjackRules.Plain)]
    public void Step_RecordedActions_ReproduceGymnasiumsGamesFromTheirSeeds(string name, BlackjackRules rules)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Golden", "Blackjack-v1.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement[] games = [.. document.RootElement.GetProperty("rules").GetProperty(name).EnumerateArray()];
        Assert.Equal(150, games.Length);
        foreach (JsonElement game in games)
        {
            var random = new Pcg64(game.GetProperty("reset_seed").GetUInt64());
            float[] actions = Floats(game.GetProperty("actions"));
            JsonElement observations = game.GetProperty("observations");
            var blackjack = new Blackjack(rules);
            var observation = new float[3];
            blackjack.Reset(observation, ref random);
            Assert.Equal(Floats(observations[0]), observation);
            for (int t = 0; t < actions.Length; t++)
            {
                StepResult result = blackjack.Step([actions[t]], observation, ref random);
                Assert.Equal(Floats(observations[t + 1]), observation);
                Assert.Equal(game.GetProperty("rewards")[t].GetSingle(), result.Reward);
                Assert.Equal(game.GetProperty("terminated")[t].GetBoolean(), result.Terminated);
            }
        }
    }

    [Theory]
    [InlineData(0, new float[] { 11, 10, 0 })]
    [InlineData(1, new float[] { 20, 7, 0 })]
    [InlineData(2, new float[] { 6, 10, 0 })]
    [InlineData(42, new float[] { 15, 2, 0 })]
    public void Reset_KnownSeeds_ShowsGymnasiumsFirstObservation(ulong seed, float[] expected)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id);
        batch.Reset(seed);
        Assert.Equal(expected, batch.Observations.ToArray());
    }

    [Fact]
    public void Step_OptimalPolicy_LosesFourPercent()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id, 1000);
        batch.Reset(3);
        var actions = new float[batch.Count];
        double sum = 0;
        int games = 0;
        while (games < 400_000)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                actions[i] = Hits(batch.Observations.Slice(3 * i, 3)) ? 1 : 0;
            }
            batch.Step(actions);
            for (int i = 0; i < actions.Length; i++)
            {
                sum += batch.Rewards[i];
                games += batch.Terminated[i] ? 1 : 0;
            }
        }
        Assert.Equal(-0.0431, sum / games, 0.006); // four standard errors
    }

    [Fact]
    public void Render_AfterACard_ChangesThePicture() => RenderCheck.Run(new Blackjack(), 1);

    // Optimal for every variant of the rules.
    private static bool Hits(ReadOnlySpan<float> observation)
    {
        (float total, float card, bool usableAce) = (observation[0], observation[1], observation[2] != 0);
        return usableAce
            ? total < (card is >= 2 and <= 8 ? 18 : 19)
            : total
                < card switch
                {
                    2 or 3 => 13,
                    4 or 5 or 6 => 12,
                    _ => 17,
                };
    }

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}

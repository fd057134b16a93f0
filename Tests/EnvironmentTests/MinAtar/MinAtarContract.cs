using System.Text.Json;
using Environments;
using Environments.MinAtar;
using Environments.Randomness;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.MinAtar;

/// <summary>What every game must keep: the contract of environments, and the games recorded from the original.</summary>
public abstract class MinAtarContract<TGame> : EnvironmentContract<MinAtarEnvironment<TGame>>
    where TGame : struct, IMinAtarGame
{
    private const ulong SeedOfTheRecords = 5;

    /// <summary>Name of the game in ids.</summary>
    protected abstract string Name { get; }

    /// <summary>Name of the recorded file.</summary>
    protected virtual string RecordName => Name.ToLowerInvariant();

    /// <summary>Mean return of six random actions in the original, and its standard error.</summary>
    protected abstract (double Mean, double Error) OriginalRandomReturn { get; }

    /// <inheritdoc/>
    protected override string Id => $"MinAtar/{Name}-v1";

    /// <inheritdoc/>
    protected override bool StartsAtRandom => false;

    /// <inheritdoc/>
    protected override MinAtarEnvironment<TGame> Create() => new(minimalActions: true);

    [Fact]
    public void Step_RecordedDrawsAndActions_ReproduceTheOriginalsGames()
    {
        using JsonDocument document = Load();
        TGame game = default;
        foreach (JsonElement episode in document.RootElement.GetProperty("episodes").EnumerateArray())
        {
            var draws = new RecordedDraws(episode.GetProperty("reset_draws"));
            game.Reset(ref draws);
            Assert.Equal(0, draws.Remaining);
            RequireState(episode.GetProperty("reset_state"), game, "reset");
            int t = 0;
            foreach (JsonElement step in episode.GetProperty("steps").EnumerateArray())
            {
                draws = new RecordedDraws(step.GetProperty("draws"));
                Play(step, ref game, ref draws, ++t);
                Assert.Equal(0, draws.Remaining);
            }
        }
    }

    [Fact]
    public void Step_FromTheRecordsSeed_DrawsWhatTheOriginalDrew()
    {
        using JsonDocument document = Load();
        TGame game = default;
        var random = new Mt19937(SeedOfTheRecords);
        foreach (JsonElement episode in document.RootElement.GetProperty("episodes").EnumerateArray())
        {
            game.Reset(ref random);
            RequireState(episode.GetProperty("reset_state"), game, "reset");
            int t = 0;
            foreach (JsonElement step in episode.GetProperty("steps").EnumerateArray())
            {
                Play(step, ref game, ref random, ++t);
            }
        }
    }

    [Fact]
    public void Step_SixRandomActions_GiveTheOriginalsMeanReturn()
    {
        using IBatchedEnvironment batch = Batch($"MinAtar/{Name}-v0");
        (double mean, double error) = RandomPlay.Measure(batch, RandomEpisodes);
        (double original, double originalError) = OriginalRandomReturn;
        Assert.Equal(original, mean, 3 * Math.Sqrt(error * error + originalError * originalError));
        Assert.Equal(batch.Spec.RandomReturn!.Value, mean, RandomReturnTolerance);
    }

    [Fact]
    public void Make_SixActions_OffersThemAll()
    {
        using IBatchedEnvironment all = Batch($"MinAtar/{Name}-v0");
        using IBatchedEnvironment minimal = Batch(Id);
        Assert.Equal("Discrete(6)", all.Spec.ActionSpace.ToString());
        Assert.Equal($"Discrete({TGame.MinimalActions.Length})", minimal.Spec.ActionSpace.ToString());
        Assert.Equal($"Box(0, 1, [10, 10, {TGame.Channels}], uint8)", minimal.Spec.ObservationSpace.ToString());
        Assert.Null(minimal.Spec.MaxEpisodeSteps);
    }

    private JsonDocument Load() =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", $"MinAtar-{RecordName}.json")));

    private static IBatchedEnvironment Batch(string id) => EnvironmentRegistry.Default.Make(id, 64);

    private static void Play<TRandom>(JsonElement step, ref TGame game, ref TRandom random, int t)
        where TRandom : struct, IRandomSource
    {
        StepResult result = game.Step((MinAtarAction)step.GetProperty("a").GetInt32(), ref random);
        Assert.Equal((t, step.GetProperty("r").GetSingle()), (t, result.Reward));
        Assert.Equal((t, step.GetProperty("end").GetBoolean()), (t, result.Terminated));
        RequireState(step.GetProperty("state"), game, $"step {t}");
    }

    private static void RequireState(JsonElement state, in TGame game, string where)
    {
        var cells = new float[100 * TGame.Channels];
        game.Observe(cells);
        var shown = new List<string>();
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i] != 0)
            {
                int cell = i / TGame.Channels;
                shown.Add($"{where}: [{cell / 10}, {cell % 10}, {i % TGame.Channels}]");
            }
        }
        Assert.Equal(state.EnumerateArray().Select(one => $"{where}: [{one[0]}, {one[1]}, {one[2]}]"), shown);
    }
}

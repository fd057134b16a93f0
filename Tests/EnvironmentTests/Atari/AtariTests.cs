using Environments;
using Environments.Atari;
using Environments.Remote;
using Environments.Remote.Atari;
using Environments.Spaces;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.EnvironmentTests.Atari;

public sealed class AtariTests
{
    private const int Pixels = 84 * 84;

    [Fact]
    public void All_Games_Are104With57Scores()
    {
        Assert.Equal(104, AtariGames.All.Count);
        Assert.Equal(57, AtariGames.All.Count(game => game.HumanScore is not null));
        Assert.Equal(104, AtariGames.Ids.Distinct().Count());
        AtariGame pong = AtariGames.Find("ALE/Pong-v5?sticky=0")!;
        Assert.Equal(["noop", "fire", "right", "left", "right fire", "left fire"], pong.ActionNames);
        Assert.Equal(6, AtariGames.Find("gym:ALE/Pong-v5")!.ActionCount);
    }

    [Theory]
    [InlineData("Pong", -20.7, 0)]
    [InlineData("Pong", 14.6, 1)]
    [InlineData("Breakout", 30.5, 1)]
    [InlineData("Breakout", 401.2, 13.87)] // DQN, Mnih et al. 2015: 1387 % with today's convention
    public void HumanNormalized_AScore_LiesBetweenRandomPlayAndTheTester(string name, double score, double expected) =>
        Assert.Equal(expected, AtariGames.Find($"ALE/{name}-v5")!.HumanNormalized(score)!.Value, 0.01);

    [Theory]
    [InlineData("ALE/Pong-v5?life_loss=on", "ALE/Pong-v5")]
    [InlineData("ALE/Pong-v5?sticky=0&life_loss=on&mode=1", "ALE/Pong-v5?sticky=0&mode=1")]
    [InlineData("ALE/Pong-v5?life_loss=off", "ALE/Pong-v5?life_loss=off")]
    [InlineData("gym:ALE/Pong-v5?wrappers=atari?life_loss=true&mode=1", "gym:ALE/Pong-v5?wrappers=atari?life_loss=false&mode=1")]
    [InlineData("Own/Pong-v5?life_loss=on", "Own/Pong-v5?life_loss=on")]
    public void WithWholeGames_AnId_LosesOnlyTheEndOfEpisodesWithALife(string id, string expected) =>
        Assert.Equal(expected, AtariGames.WithWholeGames(id));

    [Fact]
    public void Spec_OfAGame_IsKnownWithoutPython()
    {
        EnvironmentSpec spec = EnvironmentRegistry.Default.Find("ALE/Breakout-v5?full_actions=off&frame_skip=2");

        Assert.Equal("ALE/Breakout-v5?frame_skip=2&full_actions=off", spec.Id);
        Assert.Equal(new Box(0, 255, 84, 84, 1) { ElementType = ElementType.UInt8 }, spec.ObservationSpace);
        Assert.Equal(new Discrete(4), spec.ActionSpace);
        Assert.Equal(54_000, spec.MaxEpisodeSteps);
        Assert.Equal(new Discrete(18), EnvironmentRegistry.Default.Find("ALE/Breakout-v5?full_actions=on").ActionSpace);
    }

    [Fact]
    public void Find_AMistypedGame_NamesTheNearest()
    {
        UnknownNameException exception = Assert.Throws<UnknownNameException>(() =>
            EnvironmentRegistry.Default.Find("ALE/Pomg-v5")
        );

        Assert.Contains("ALE/Pong-v5", exception.Message);
    }

    [Fact]
    public void Step_StandInForTheEmulator_ShowsTheMaximumOfTheLastTwoFramesByArea()
    {
        using RemoteEnvironment environment = MakeStandIn("noop_max=0&sticky=0", 2);
        environment.Reset(0);
        Assert.Equal(0, environment.Observations[0]);
        environment.Step([3, 5]);

        Assert.Equal(4, environment.Observations[0]); // frames 3 and 4
        Assert.Equal(30, environment.Observations[83]);
        Assert.Equal(50, environment.Observations[Pixels + 83]);
        Assert.Equal(84 * 42, environment.Observations[..Pixels].ToArray().Count(value => value == 4));
    }

    [Fact]
    public void Step_StandInForTheEmulator_GamesEndWithTheirLives()
    {
        using RemoteEnvironment environment = MakeStandIn("noop_max=0&sticky=0", 1);
        environment.Reset(0);
        for (int t = 0; t < 29; t++)
        {
            environment.Step([2]);
            Assert.False(environment.Terminated[0]);
        }
        environment.Step([2]);

        Assert.True(environment.Terminated[0]);
        Assert.Equal(120, environment.FinalObservations[0]);
        Assert.Equal(0, environment.Observations[0]);
    }

    [Fact]
    public void Step_StandInForTheEmulatorWithLifeLoss_EpisodesEndWithALifeAndTheGameGoesOn()
    {
        using RemoteEnvironment environment = MakeStandIn("noop_max=0&sticky=0&life_loss=on", 1);
        environment.Reset(0);
        for (int t = 0; t < 10; t++)
        {
            Assert.False(environment.Terminated[0]);
            environment.Step([0]);
        }

        Assert.True(environment.Terminated[0]);
        Assert.Equal(40, environment.FinalObservations[0]);
        Assert.Equal(41, environment.Observations[0]); // one frame further in the same game
    }

    [Theory]
    [InlineData("off", 0)]
    [InlineData("on", 4)]
    public void Step_StandInForTheEmulatorWithFireReset_TheGameIsStarted(string fire, float reward)
    {
        using RemoteEnvironment environment = MakeStandIn($"noop_max=0&sticky=0&fire_reset={fire}", 1);
        environment.Reset(0);
        environment.Step([2]);

        Assert.Equal(reward, environment.Rewards[0]);
    }

    [Fact]
    public void Reset_StandInForTheEmulatorWithNoOps_GamesBeginAtAnyOfTheFirstThirtyFrames()
    {
        using RemoteEnvironment environment = MakeStandIn("sticky=0", 64);
        environment.Reset(0);
        int[] frames = [.. Enumerable.Range(0, 64).Select(i => (int)environment.Observations[i * Pixels])];

        Assert.All(frames, frame => Assert.InRange(frame, 0, 29));
        Assert.True(frames.Distinct().Count() > 15);
    }

    /// <summary>Copies of a stand-in with the emulator's frames, which needs no package.</summary>
    internal static RemoteEnvironment MakeStandIn(string options, int count)
    {
        var id = $"ALE/Pong-v5?{options}";
        string folder = Path.Combine(PythonCases.Folder, "atari_stand_in");
        return AtariEnvironments.Make(id, PythonCases.Settings with { PythonPath = folder }, count);
    }
}

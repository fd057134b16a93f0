using System.Text.Json;
using Environments;
using Environments.Remote;
using Environments.Wrappers;
using Tests.EnvironmentTests.Remote;
using Xunit;
using static Tests.EnvironmentTests.Atari.Cartridge;

namespace Tests.EnvironmentTests.Atari;

/// <summary>The real Arcade Learning Environment with a cartridge of our own.</summary>
public sealed class EmulatorTests : IDisposable
{
    private const int Pixels = 84 * 84;
    private const string Certain = "sticky=0&noop_max=0";
    private const string RawCertain = "frameskip=1&repeat_action_probability=0.0";

    private readonly Cartridge _cartridge;

    public EmulatorTests()
    {
        PythonPackage.Atari.Require();
        _cartridge = new Cartridge();
    }

    public void Dispose() => _cartridge.Dispose();

    [Fact]
    public void Step_RawScreens_ScoreAPointForEveryFrameToTheRight()
    {
        using RemoteEnvironment environment = _cartridge.MakeRaw(RawCertain, 1, 210, 160, 3);
        environment.Reset(0);
        for (int t = 0; t < 200; t++)
        {
            environment.Step([Right]);
            Assert.Equal(1, environment.Rewards[0]);
        }
        foreach (float action in (float[])[0, 3, 4])
        {
            environment.Step([action]);
            Assert.Equal((0f, false), (environment.Rewards[0], environment.Terminated[0]));
        }

        Assert.Equal(210 * 160 * 3, environment.Observations.Length);
        Assert.True(environment.Observations.ToArray().Distinct().Count() > 50); // the colours of 192 lines
    }

    [Fact]
    public void Step_Button_EndsTheGameWithThatFrameAndAResetClearsIt()
    {
        using RemoteEnvironment environment = _cartridge.MakeRaw(RawCertain, 1, 210, 160, 3);
        environment.Reset(0);
        environment.Step([Right]);
        environment.Step([Button]);

        Assert.Equal((true, false), (environment.Terminated[0], environment.Truncated[0]));
        Assert.Contains("\"episode_frame_number\": 2", environment.FinalInfo(0));
        environment.Step([Right]);
        Assert.Equal((1f, false), (environment.Rewards[0], environment.Terminated[0]));
    }

    [Theory]
    [InlineData("frame_skip=4", 4)]
    [InlineData("frame_skip=1", 1)]
    public void Step_Preprocessed_RewardsOfSkippedFramesAreAdded(string options, float reward)
    {
        using RemoteEnvironment environment = _cartridge.Make($"{Certain}&{options}", 2);
        environment.Reset(0);
        for (int t = 0; t < 20; t++)
        {
            environment.Step([Right, 0]);
            Assert.Equal([reward, 0], environment.Rewards);
        }
        environment.Step([Right, Button]);

        Assert.Equal([false, true], environment.Terminated);
        Assert.Contains($"\"episode_frame_number\": {20 * reward + 1}", environment.FinalInfo(1)); // the first of the skipped frames
    }

    [Theory]
    [InlineData("frameskip=4&repeat_action_probability=0.0&max_num_frames_per_episode=40", 40)] // the emulator's own
    [InlineData($"{RawCertain}&obs_type=grayscale&wrappers=atari?frame_skip=4;noop_max=0;max_frames=40", 40)]
    [InlineData($"{RawCertain}&obs_type=grayscale&wrappers=atari?frame_skip=4;noop_max=0;max_frames=42", 42)]
    [InlineData($"{RawCertain}&obs_type=grayscale&wrappers=atari?frame_skip=4;noop_max=0;fire_reset=true;max_frames=40", 40)] // ends one game first
    public void Step_CapOfFrames_TruncatesCountedInFramesAndNotInSteps(string query, int frames)
    {
        int steps = (frames + 3) / 4;
        int[] shape = query.Contains("atari?", StringComparison.Ordinal) ? [84, 84, 1] : [210, 160, 3];
        using RemoteEnvironment environment = _cartridge.MakeRaw(query, 1, shape);
        environment.Reset(0);
        for (int game = 0; game < 2; game++)
        {
            for (int t = 1; t < steps; t++)
            {
                environment.Step([0]);
                Assert.Equal((false, false), (environment.Terminated[0], environment.Truncated[0]));
            }
            environment.Step([0]);
            Assert.Equal((false, true), (environment.Terminated[0], environment.Truncated[0]));
            Assert.Contains($"\"episode_frame_number\": {frames}", environment.FinalInfo(0));
        }
    }

    [Theory]
    [InlineData("off", 0)]
    [InlineData("on", 1)] // the button ended a first game with its first frame
    public void Reset_WithFire_PressesTheButton(string fire, int framesBefore)
    {
        using RemoteEnvironment environment = _cartridge.Make($"{Certain}&fire_reset={fire}");
        environment.Reset(0);
        environment.Step([Button]);

        Assert.Equal(framesBefore, FrameNumber(environment.FinalInfo(0)) - 1);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.25, 0.23, 0.43)] // p / (1 - p) frames until the new action gets through
    [InlineData(0.5, 0.75, 1.25)]
    public void Step_Sticky_FramesRepeatTheActionBeforeAsOftenAsSaid(double sticky, double low, double high)
    {
        const int copies = 4;
        const int steps = 120;
        const int skip = 10;
        using RemoteEnvironment environment = _cartridge.Make(
            FormattableString.Invariant($"noop_max=0&frame_skip={skip}&sticky={sticky}"),
            copies
        );
        environment.Reset(0);
        float late = 0;
        var actions = new float[copies];
        for (int t = 0; t < steps; t++)
        {
            bool right = t % 2 == 0;
            Array.Fill(actions, right ? Right : 0);
            environment.Step(actions);
            foreach (float reward in environment.Rewards)
            {
                late += right ? skip - reward : reward;
            }
        }

        Assert.InRange(late / (copies * steps), low, high);
    }

    [Fact]
    public void Reset_NoOps_GamesBeginAtDifferentFramesAndTheSameSeedAtTheSame()
    {
        int[] Starts()
        {
            using RemoteEnvironment environment = _cartridge.Make("sticky=0", 8);
            environment.Reset(4);
            var actions = new float[8];
            Array.Fill(actions, Button);
            environment.Step(actions);
            return [.. Enumerable.Range(0, 8).Select(copy => FrameNumber(environment.FinalInfo(copy)) - 1)];
        }
        int[] first = Starts();

        Assert.All(first, frame => Assert.InRange(frame, 0, 29));
        Assert.True(first.Distinct().Count() > 3);
        Assert.Equal(first, Starts());
    }

    [Fact]
    public void Step_LifeLossOn_AGameWithoutLivesEndsOnlyWithTheGame()
    {
        using RemoteEnvironment environment = _cartridge.Make($"{Certain}&life_loss=on");
        environment.Reset(0);
        for (int t = 0; t < 50; t++)
        {
            environment.Step([Right]);
            Assert.False(environment.Terminated[0]);
        }
        environment.Step([Button]);

        Assert.True(environment.Terminated[0]);
    }

    [Fact]
    public void Step_FrameStack_ShowsTheLastFramesOldestFirst()
    {
        using RemoteEnvironment single = _cartridge.Make(Certain);
        using IBatchedEnvironment stacked = new FrameStack(_cartridge.Make(Certain), 4);
        single.Reset(0);
        stacked.Reset(0);
        var frames = new List<float[]>();
        for (int t = 0; t < 6; t++)
        {
            single.Step([Right]);
            stacked.Step([Right]);
            frames.Add(single.Observations.ToArray());
        }

        Assert.Equal(4 * Pixels, stacked.Observations.Length);
        Assert.NotEqual(frames[4], frames[5]);
        for (int frame = 0; frame < 4; frame++)
        {
            Assert.Equal(frames[2 + frame], stacked.Observations.Slice(frame * Pixels, Pixels));
        }
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("shm")]
    public void Spec_StandInAndEmulator_GiveTheSameFrames(string lane)
    {
        using RemoteEnvironment emulator = _cartridge.Make($"{Certain}&lane={lane}");
        using RemoteEnvironment standIn = AtariTests.MakeStandIn($"{Certain}&lane={lane}", 1);
        foreach (RemoteEnvironment environment in (RemoteEnvironment[])[emulator, standIn])
        {
            environment.Reset(0);
            environment.Step([0]);
            Assert.Equal(Pixels, environment.Observations.Length);
            Assert.True(environment.Observations.ToArray().All(value => value is >= 0 and <= 255 && value == MathF.Floor(value)));
            Assert.Equal(160f / 210, environment.Rendering!.Value.Size.Width / (float)environment.Rendering.Value.Size.Height);
        }

        Assert.Equal(standIn.Spec.ObservationSpace, emulator.Spec.ObservationSpace);
        Assert.Equal(standIn.Spec.MaxEpisodeSteps, emulator.Spec.MaxEpisodeSteps);
    }

    [Fact]
    public void Preprocessing_BesideTheEmulatorsOwnAndGymnasiums_DiffersByOneGreyLevelAtMost()
    {
        string output = PythonRun.Run(_cartridge.Settings, "import runpy; runpy.run_module('atari_checks', run_name='__main__')");
        JsonElement worst = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
        JsonElement[] found =
        [
            .. worst.EnumerateObject().Select(one => one.Value).Where(one => one.ValueKind != JsonValueKind.Null),
        ];
        Assert.SkipWhen(
            found.Length == 0,
            "OpenCV for Python is missing, which both others need: apt-get install python3-opencv."
        );

        Assert.All(found, levels => Assert.InRange(levels.GetInt32(), 0, 1));
    }

    // Frames since the game was loaded.
    private static int FrameNumber(string? info) => JsonDocument.Parse(info!).RootElement.GetProperty("frame_number").GetInt32();
}

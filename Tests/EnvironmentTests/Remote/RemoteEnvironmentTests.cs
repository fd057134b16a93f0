using Environments;
using Environments.Randomness;
using Environments.Remote;
using Environments.Spaces;
using SkiaSharp;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

public sealed class RemoteEnvironmentTests
{
    [Theory]
    [InlineData("messages")]
    [InlineData("shm")]
    [InlineData("auto")]
    public void Step_CartPoleInPython_PlaysWhatTheNativeOnePlaysWithTheSameSeed(string lane)
    {
        const int count = 5;
        using IBatchedEnvironment native = EnvironmentRegistry.Default.Make("CartPole-v1", count);
        using RemoteEnvironment remote = PythonCases.Make($"CartPole?lane={lane}", count);
        native.Reset(11);
        remote.Reset(11);
        var random = new Pcg64(3);
        var actions = new float[count];
        int ended = 0;
        for (int t = 0; t < 300; t++)
        {
            AssertClose(native.Observations, remote.Observations);
            foreach (ref float action in actions.AsSpan())
            {
                action = random.NextInt(0, 2);
            }
            native.Step(actions);
            remote.Step(actions);

            Assert.Equal(native.Rewards, remote.Rewards);
            Assert.Equal(native.Terminated, remote.Terminated);
            Assert.Equal(native.Truncated, remote.Truncated);
            for (int i = 0; i < count; i++)
            {
                if (native.Terminated[i])
                {
                    AssertClose(native.FinalObservations.Slice(4 * i, 4), remote.FinalObservations.Slice(4 * i, 4));
                    Assert.Contains("\"steps\":", remote.FinalInfo(i));
                    ended++;
                }
            }
        }
        Assert.True(ended > 20);
        Assert.Equal(lane != "messages", ((GrpcLane)remote.Lane).SharesMemory);
    }

    [Fact]
    public void Spec_CartPoleInPython_IsTheNativeOne()
    {
        EnvironmentSpec native = EnvironmentRegistry.Default.Find("CartPole-v1");
        EnvironmentSpec remote = EnvironmentRegistry.Default.Find(PythonCases.Id("CartPole"));

        Assert.Equal(native.ObservationSpace, remote.ObservationSpace);
        Assert.Equal(native.ActionSpace, remote.ActionSpace);
        Assert.Equal(native.MaxEpisodeSteps, remote.MaxEpisodeSteps);
        Assert.Equal(native.RewardThreshold, remote.RewardThreshold);
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("shm")]
    public void Step_EveryKindOfSpace_ArrivesAsItWasSent(string lane)
    {
        using RemoteEnvironment environment = PythonCases.Make($"Everything?lane={lane}", 2, limit: 2);
        environment.Reset(0);
        float[] first = [0, 1, 2, 3, 4, 5, 1, 1, 2, 1, 0, 1, 0.5f, 7];
        Assert.Equal([.. first, .. first], environment.Observations);
        Assert.Equal(["picture", "number", "numbers", "bits", "vector"], Names(environment.Spec.ObservationSpace));

        float[] action = [9, 8, 7, 6, 5, 255, 4, 0, 1, 0, 1, 1, -0.25f, 3];
        float[] other = [0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 2];
        environment.Step([.. action, .. other]);

        Assert.Equal([.. action, .. other], environment.Observations);
        Assert.Equal([0.5f, 0.5f], environment.Rewards);
    }

    [Fact]
    public void Step_LimitOfTheCaller_TruncatesAndKeepsTheLastObservation()
    {
        using RemoteEnvironment environment = PythonCases.Make("Everything", 1, limit: 2);
        environment.Reset(0);
        float[] action = [9, 8, 7, 6, 5, 255, 4, 0, 1, 0, 1, 1, -0.25f, 3];
        environment.Step(action);
        Assert.Equal([false], environment.Truncated);
        environment.Step(action);

        Assert.Equal([true], environment.Truncated);
        Assert.Equal([false], environment.Terminated);
        Assert.Equal(action, environment.FinalObservations);
        Assert.Equal(7, environment.Observations[13]);
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("shm")]
    public void StepSome_RestingCopies_ShowWhatTheyShowed(string lane)
    {
        using RemoteEnvironment environment = PythonCases.Make($"CartPole?lane={lane}", 3);
        environment.Reset(0);
        environment.Step([1, 1, 1]);
        float[] before = [.. environment.Observations];
        environment.StepSome([1, 0, 1], [true, false, true]);

        Assert.Equal(before.AsSpan(4, 4), environment.Observations[4..8]);
        Assert.NotEqual(before[..4], environment.Observations[..4].ToArray());
        Assert.Equal([1f, 0f, 1f], environment.Rewards);
    }

    [Fact]
    public void Make_ArgumentsBehindTheId_ReachTheEnvironment()
    {
        using RemoteEnvironment light = PythonCases.Make("CartPole?gravity=0.0");
        using RemoteEnvironment heavy = PythonCases.Make("CartPole?gravity=100.0");
        light.Reset(0);
        heavy.Reset(0);
        for (int t = 0; t < 3; t++)
        {
            light.Step([t % 2]);
            heavy.Step([t % 2]);
        }

        Assert.NotEqual(light.Observations[2], heavy.Observations[2]);
    }

    [Fact]
    public void Render_ACopy_ShowsThePictureThatPythonDrew()
    {
        using RemoteEnvironment environment = PythonCases.Make("CartPole", 2);
        environment.Reset(0);
        environment.Step([1, 1]);
        Assert.Equal(new SKSizeI(60, 40), environment.Rendering!.Value.Size);

        Assert.Equal(new SKColor(1, 0, 0), PixelOf(environment, 1));
    }

    [Fact]
    public void EpisodeEnding_RenderWithin_ShowsTheLastPictureOfTheEpisodeAndNotTheNextOnes()
    {
        using RemoteEnvironment environment = PythonCases.Make("CartPole", 2);
        var ended = new List<(int Copy, int Red)>();
        environment.EpisodeEnding = copy => ended.Add((copy, PixelOf(environment, copy).Red));
        environment.Reset(0);
        int steps = 0;
        while (ended.Count == 0)
        {
            environment.Step([1, 1]);
            steps++;
        }

        Assert.Equal(steps, ended[0].Red);
        Assert.Equal(0, PixelOf(environment, ended[0].Copy).Red);
    }

    [Fact]
    public void Make_SeveralBatches_RunSideBySide()
    {
        using RemoteEnvironment one = PythonCases.Make("CartPole", 2);
        using RemoteEnvironment other = PythonCases.Make("CartPole", 2);
        one.Reset(4);
        other.Reset(4);
        one.Step([1, 0]);
        Assert.NotEqual(one.Observations.ToArray(), other.Observations.ToArray());
        other.Step([1, 0]);

        Assert.Equal(one.Observations, other.Observations);
    }

    [Fact]
    public void Dispose_OfTheBatch_EndsItsProcessAndLeavesNoFile()
    {
        RemoteEnvironment environment = PythonCases.Make("CartPole");
        BridgeProcess process = ((GrpcLane)environment.Lane).Process!;
        string folder = Path.GetDirectoryName(process.Address.SocketPath)!;
        int id = process.Id;
        environment.Reset(0);
        Assert.True(Directory.Exists(folder));
        environment.Dispose();

        Assert.False(Directory.Exists(folder));
        Assert.False(Directory.Exists($"/proc/{id}"));
    }

    private static IEnumerable<string> Names(Space space) => ((Dict)space).Entries.ToArray().Select(entry => entry.Key);

    private static SKColor PixelOf(RemoteEnvironment environment, int copy)
    {
        using var bitmap = new SKBitmap(60, 40);
        using var canvas = new SKCanvas(bitmap);
        environment.Render(copy, canvas);
        return bitmap.GetPixel(30, 20);
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5f);
        }
    }
}

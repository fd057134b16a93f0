using Environments;
using Environments.ClassicControl;
using Environments.Rendering;
using Environments.State;
using Environments.Wrappers;
using SkiaSharp;
using Xunit;

namespace Tests.EnvironmentTests.Rendering;

public sealed class RenderingTests
{
    [Theory]
    [InlineData("CartPole-v1", 600, 400, 50)]
    [InlineData("CartPoleNoVel-v1", 600, 400, 50)]
    [InlineData("MountainCar-v0", 600, 400, 30)]
    [InlineData("MountainCarContinuous-v0", 600, 400, 30)]
    [InlineData("Acrobot-v1", 500, 500, 15)]
    [InlineData("Pendulum-v1", 500, 500, 30)]
    public void Render_ClassicTask_PaintsAllOfAPictureAndChangesNothing(string id, int width, int height, int speed)
    {
        using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make(id, 2);
        environment.Reset(4);
        Assert.Equal(new RenderInfo(new SKSizeI(width, height), speed), environment.Rendering);
        var before = new StateDictionary();
        environment.SaveState(before);
        using var renderer = new FrameRenderer(environment);

        byte[] first = renderer.Render(0).ToArray();
        byte[] second = renderer.Render(1).ToArray();
        byte[] again = renderer.Render(0).ToArray();

        Assert.Equal(first, again);
        Assert.NotEqual(first, second);
        Assert.Equal(width * height * 4, first.Length);
        Assert.InRange(CountDark(first), 100, width * height / 4);
        Assert.Equal(255, first[0]); // white corner, opaque
        Assert.Equal(255, first[3]);
        var after = new StateDictionary();
        environment.SaveState(after);
        Assert.Equal(before.Entries.SelectMany(entry => entry.Bytes), after.Entries.SelectMany(entry => entry.Bytes));
    }

    [Fact]
    public void Render_CartPole_DrawsPoleAndCartWhereTheStateSays()
    {
        using var environment = new BatchedEnvironment<CartPole>(
            EnvironmentRegistry.Default.Find("CartPole-v1"),
            () => new CartPole(1, 0, 0, 0),
            1
        );
        using var renderer = new FrameRenderer(environment);
        ReadOnlySpan<byte> picture = renderer.Render(0);

        Assert.Equal(new SKColor(0, 0, 0), ColourAt(picture, 600, 300 + 125 - 20, 400 - 100)); // the cart, a metre to the right
        Assert.Equal(new SKColor(202, 152, 101), ColourAt(picture, 600, 425, 400 - 200)); // the pole stands upright upon it
        Assert.Equal(new SKColor(255, 255, 255), ColourAt(picture, 600, 300, 400 - 120));
    }

    [Fact]
    public void Render_ThroughLayersAndThreads_GivesTheCopysPicture()
    {
        const int count = 5;
        using IBatchedEnvironment plain = EnvironmentRegistry.Default.Make("Pendulum-v1", count);
        using var parallel = new ParallelEnvironment(size => EnvironmentRegistry.Default.Make("Pendulum-v1", size), count, 3);
        using var wrapped = new FrameStack(new EpisodeStatistics(parallel), 2);
        plain.Reset(9);
        wrapped.Reset(9);
        plain.Step([1, 2, -1, -2, 0]);
        wrapped.Step([1, 2, -1, -2, 0]);
        using var expected = new FrameRenderer(plain);
        using var actual = new FrameRenderer(wrapped);

        for (int copy = 0; copy < count; copy++)
        {
            Assert.True(expected.Render(copy).SequenceEqual(actual.Render(copy)), $"copy {copy}");
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => actual.Render(count));
    }

    [Fact]
    public void RenderRgb_Scaled_IsTheSamePictureWithoutAlpha()
    {
        using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make("Acrobot-v1");
        environment.Reset(1);
        using var renderer = new FrameRenderer(environment, 0.1);
        var rgb = new byte[50 * 50 * 3];

        renderer.RenderRgb(0, rgb);

        ReadOnlySpan<byte> rgba = renderer.Rgba;
        for (int i = 0; i < 2500; i++)
        {
            Assert.Equal(rgba.Slice(4 * i, 3), rgb.AsSpan(3 * i, 3));
        }
        Assert.Throws<ArgumentException>(() => renderer.RenderRgb(0, new byte[7]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(1000)]
    public void Create_ImpossibleScale_Throws(double scale)
    {
        using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make("CartPole-v1");
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameRenderer(environment, scale));
    }

    [Fact]
    public void Create_EnvironmentWithoutPicture_ThrowsAndNamesTheInterface()
    {
        using var environment = new ScriptedEnvironment(0);
        var error = Assert.Throws<NotSupportedException>(() => new FrameRenderer(environment));
        Assert.Contains("IRenderedEnvironment", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void EpisodeEnding_CopyThatEnds_IsCalledWhileItsLastStateIsStillDrawn(int threads)
    {
        using var parallel = new ParallelEnvironment(size => EnvironmentRegistry.Default.Make("CartPole-v1", size), 3, threads);
        using var environment = new RewardScale(parallel, 2);
        using var renderer = new FrameRenderer(environment);
        var endings = new List<(int Copy, byte[] Picture)>();
        environment.EpisodeEnding = copy =>
        {
            lock (endings)
            {
                endings.Add((copy, renderer.Render(copy).ToArray()));
            }
        };
        environment.Reset(2);
        int ended = 0;
        for (int t = 0; t < 40; t++)
        {
            environment.Step([1, 1, 1]);
            for (int i = 0; i < 3; i++)
            {
                ended += environment.Terminated[i] ? 1 : 0;
                if (environment.Terminated[i])
                {
                    byte[] last = endings.Last(ending => ending.Copy == i).Picture;
                    Assert.False(renderer.Render(i).SequenceEqual(last), "The next episode was drawn.");
                }
            }
        }
        Assert.True(ended > 5);
        Assert.Equal(ended, endings.Count);
        environment.EpisodeEnding = null;
        for (int t = 0; t < 40; t++)
        {
            environment.Step([1, 1, 1]);
        }
        Assert.Equal(ended, endings.Count);
    }

    [Fact]
    public void Draw_WithoutAnyFont_LeavesTheLineEmpty()
    {
        using var bitmap = new SKBitmap(200, 20);
        using var canvas = new SKCanvas(bitmap);
        using var caption = new ScoreCaption(null);

        caption.Draw(canvas, new SKRect(0, 0, 200, 20), "episode 1");

        Assert.All(bitmap.Pixels, pixel => Assert.Equal(new SKColor(32, 32, 32), pixel));
    }

    [Fact]
    public void Draw_TextTooLongForTheLine_StaysInside()
    {
        using var bitmap = new SKBitmap(120, 16);
        using var canvas = new SKCanvas(bitmap);
        using var caption = new ScoreCaption();
        canvas.Clear(SKColors.Red);

        caption.Draw(canvas, new SKRect(0, 0, 100, 16), new string('8', 300));

        Assert.All(Enumerable.Range(0, 16), y => Assert.Equal(SKColors.Red, bitmap.GetPixel(100, y)));
    }

    private static int CountDark(byte[] rgba)
    {
        int dark = 0;
        for (int i = 0; i < rgba.Length; i += 4)
        {
            dark += rgba[i] < 230 || rgba[i + 1] < 230 || rgba[i + 2] < 230 ? 1 : 0;
        }
        return dark;
    }

    private static SKColor ColourAt(ReadOnlySpan<byte> rgba, int width, int x, int y)
    {
        int i = 4 * (y * width + x);
        return new SKColor(rgba[i], rgba[i + 1], rgba[i + 2]);
    }
}

using Environments;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Rendering.Animation;
using SkiaSharp;
using Xunit;

namespace Tests.EnvironmentTests.Rendering.Animation;

public sealed class GifWriterTests
{
    private static GifDecoder Encode(int width, int height, double speed, params byte[][] frames)
    {
        using var stream = new MemoryStream();
        using (var writer = new GifWriter(stream, width, height, speed, leaveOpen: true))
        {
            foreach (byte[] frame in frames)
            {
                writer.Add(frame);
            }
            Assert.Equal(frames.Length, writer.Frames);
        }
        return new GifDecoder(stream.ToArray());
    }

    private static byte[] WithoutAlpha(byte[] rgba) => [.. rgba.Where((_, i) => i % 4 != 3)];

    /// <summary>Random pixels of so many colours.</summary>
    private static byte[] Noise(int pixels, int colours, ulong seed)
    {
        var random = new Pcg64(seed);
        uint[] palette = [.. Enumerable.Range(0, colours).Select(i => (uint)(i * 2654435761) | 0xFF000000)];
        var rgba = new byte[pixels * 4];
        for (int i = 0; i < pixels; i++)
        {
            BitConverter.TryWriteBytes(rgba.AsSpan(4 * i), palette[random.NextInt(0, colours)]);
        }
        return rgba;
    }

    [Fact]
    public void Create_TwoFilmsOfOneName_AreEachWhole()
    {
        using var folder = new TemporaryFolder();
        string path = folder.In("a.gif");
        byte[] picture = new byte[4 * 4 * 4];

        using IAnimationWriter first = AnimationFile.Create(path, 4, 4, 10);
        using IAnimationWriter second = AnimationFile.Create(path, 4, 4, 10);
        first.Add(picture);
        second.Add(picture);
        second.Add(picture);
        first.Dispose();
        byte[] ofFirst = File.ReadAllBytes(path);
        second.Dispose();

        Assert.Equal((byte)';', ofFirst[^1]); // the trailer of a GIF
        Assert.NotEqual(ofFirst, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 5, 2)]
    [InlineData(64, 48, 3)]
    [InlineData(200, 150, 100)]
    [InlineData(300, 200, 255)]
    public void Add_FewColours_ComeBackExactly(int width, int height, int colours)
    {
        byte[] first = Noise(width * height, colours, 1);
        byte[] second = Noise(width * height, colours, 2);

        GifDecoder film = Encode(width, height, 20, first, second, first);

        Assert.Equal((width, height), (film.Width, film.Height));
        Assert.True(film.Repeats);
        Assert.Equal(3, film.Frames.Count);
        Assert.Equal(WithoutAlpha(first), film.Frames[0]);
        Assert.Equal(WithoutAlpha(second), film.Frames[1]);
        Assert.Equal(WithoutAlpha(first), film.Frames[2]);
        Assert.Equal(0, film.OwnTables);
    }

    [Theory]
    [InlineData(250)]
    [InlineData(762)]
    [InlineData(1786)]
    [InlineData(3834)]
    public void Add_CodesThatGrowAtTheEnd_AreUnderstood(int fewest)
    {
        // Of neighbours that never repeat a pair each pixel is a code of its own: a, a + 1, a, a + 2, a, a + 3, …
        var all = new List<byte>();
        for (int a = 0; a < 12; a++)
        {
            for (int b = a + 1; b < 255; b++)
            {
                all.AddRange([(byte)a, (byte)b]);
            }
        }
        for (int pixels = fewest; pixels < fewest + 24; pixels++)
        {
            var rgba = new byte[pixels * 4];
            for (int i = 0; i < pixels; i++)
            {
                rgba[4 * i] = all[i];
            }

            GifDecoder film = Encode(pixels, 1, 10, rgba);

            Assert.Equal(WithoutAlpha(rgba), film.Frames[0]);
        }
    }

    [Fact]
    public void Add_ColoursThatNoLongerFitTheCommonTable_GetATableOfTheirOwn()
    {
        byte[] first = Noise(4000, 200, 1);
        var second = new byte[first.Length];
        for (int i = 0; i < 4000; i++)
        {
            (second[4 * i], second[4 * i + 1], second[4 * i + 2]) = (17, (byte)(i % 100), 203);
        }

        GifDecoder film = Encode(80, 50, 20, first, second, first);

        Assert.Equal(1, film.OwnTables);
        Assert.Equal(WithoutAlpha(first), film.Frames[0]);
        Assert.Equal(WithoutAlpha(second), film.Frames[1]);
        Assert.Equal(WithoutAlpha(first), film.Frames[2]);
    }

    [Fact]
    public void Add_SmoothPictureOfManyColours_IsReducedWithLittleError()
    {
        const int side = 128;
        var rgba = new byte[side * side * 4];
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                int i = 4 * (y * side + x);
                (rgba[i], rgba[i + 1], rgba[i + 2]) = ((byte)(2 * x), (byte)(2 * y), (byte)(x + y));
            }
        }

        byte[] mirrored = [.. Enumerable.Range(0, rgba.Length).Select(i => rgba[rgba.Length - 4 - i / 4 * 4 + i % 4])];

        GifDecoder film = Encode(side, side, 20, rgba, mirrored);

        Assert.Equal(2, film.OwnTables);
        Assert.InRange(Error(rgba, film.Frames[0]), 0.1, 6); // 255 boxes of a plane: 16 by 16 steps of 16 values each
        Assert.InRange(Error(mirrored, film.Frames[1]), 0.1, 6);

        static double Error(byte[] expected, byte[] actual) =>
            WithoutAlpha(expected).Zip(actual, (a, b) => Math.Abs(a - b)).Average();
    }

    [Fact]
    public void Add_SmallChange_StoresItsRectangleOnly()
    {
        byte[] first = Noise(100 * 80, 5, 3);
        byte[] second = [.. first];
        second[4 * (30 * 100 + 40)] ^= 0x55;
        second[4 * (33 * 100 + 46)] ^= 0x55;

        GifDecoder film = Encode(100, 80, 20, first, second, second);

        Assert.Equal([(100, 80), (7, 4), (1, 1)], film.Rectangles);
        Assert.Equal(WithoutAlpha(second), film.Frames[1]);
        Assert.Equal(WithoutAlpha(second), film.Frames[2]);
    }

    [Theory]
    [InlineData(50, 100)]
    [InlineData(30, 167)]
    [InlineData(15, 333)]
    public void Add_AnySpeed_LastsAsLongAsItShould(double speed, int hundredths)
    {
        byte[][] frames = [.. Enumerable.Range(0, 50).Select(_ => Noise(4, 2, 1))];

        GifDecoder film = Encode(2, 2, speed, frames);

        Assert.Equal(hundredths, film.Delays.Sum());
        Assert.InRange(film.Delays.Max() - film.Delays.Min(), 0, 1);
    }

    [Fact]
    public void Add_EpisodeOfCartPole_IsExactAndSmall()
    {
        using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make("CartPole-v1");
        environment.Reset(0);
        using var renderer = new FrameRenderer(environment);
        using var stream = new MemoryStream();
        var expected = new List<byte[]>();
        using (var writer = new GifWriter(stream, renderer.Width, renderer.Height, 50, leaveOpen: true))
        {
            for (int t = 0; t < 60; t++)
            {
                writer.Add(renderer.Render(0));
                expected.Add(WithoutAlpha(renderer.Rgba.ToArray()));
                environment.Step([environment.Observations[2] + 0.3f * environment.Observations[3] > 0 ? 1 : 0]);
            }
        }

        var film = new GifDecoder(stream.ToArray());

        Assert.Equal(expected, film.Frames);
        Assert.InRange(stream.Length, 10_000, 100_000);
        // A decoder by other people agrees.
        using SKCodec codec = SKCodec.Create(new SKMemoryStream(stream.ToArray()));
        Assert.Equal(60, codec.FrameCount);
        Assert.All(codec.FrameInfo, frame => Assert.Equal(20, frame.Duration)); // milliseconds
        using var shown = new SKBitmap(new SKImageInfo(600, 400, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        Assert.Equal(SKCodecResult.Success, codec.GetPixels(shown.Info, shown.GetPixels(), new SKCodecOptions(59)));
        Assert.Equal(expected[59], WithoutAlpha(shown.GetPixelSpan().ToArray()));
    }

    [Fact]
    public void Add_PictureOfAnotherSize_ThrowsAndNamesBoth()
    {
        using var writer = new GifWriter(new MemoryStream(), 4, 3, 10);
        var error = Assert.Throws<ArgumentException>(() => writer.Add(new byte[5]));
        Assert.Contains("48 bytes; 5 were given", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("film.avi")]
    [InlineData("film")]
    public void Create_UnknownEnding_NamesTheKnownOnes(string path)
    {
        var error = Assert.Throws<ArgumentException>(() => AnimationFile.Create(path, 4, 4, 10));
        Assert.Contains(".gif, .mp4, .png", error.Message, StringComparison.Ordinal);
    }
}

using SkiaSharp;
using Xunit;

namespace Tests.StudyTests;

/// <summary>Looks at pictures as a reader would.</summary>
internal static class PngFile
{
    /// <summary>Checks that a file is a PNG of that size with curves of more than one colour on it.</summary>
    public static void AssertIsPlot(string path, int width, int height)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], File.ReadAllBytes(path)[..8]);
        using SKBitmap picture = SKBitmap.Decode(path);
        Assert.Equal((width, height), (picture.Width, picture.Height));
        Assert.True(Count(picture, new SKColor(0x00, 0x72, 0xB2)) > 20, "no curve of the first colour");
        Assert.Equal(SKColors.White, picture.GetPixel(0, 0));
    }

    /// <summary>Pixels of a colour.</summary>
    public static int Count(SKBitmap picture, SKColor colour) => picture.Pixels.Count(pixel => pixel == colour);
}

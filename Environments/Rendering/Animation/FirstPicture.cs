using SkiaSharp;

namespace Environments.Rendering.Animation;

/// <summary>Saves the first picture as PNG and ignores the others.</summary>
internal sealed class FirstPicture(string path, int width, int height) : IAnimationWriter
{
    /// <inheritdoc/>
    public int Frames { get; private set; }

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> rgba)
    {
        if (Frames > 0)
        {
            return;
        }
        using SKImage image = SKImage.FromPixelCopy(
            new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque),
            rgba,
            width * 4
        );
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        using FileStream file = File.Create(path);
        data.SaveTo(file);
        Frames = 1;
    }

    /// <summary>Nothing to end: the picture is whole.</summary>
    public void Dispose() { }
}

using Environments.Rendering;
using Protos.Bridge;
using SkiaSharp;

namespace Environments.Remote;

public sealed partial class RemoteEnvironment
{
    private RenderInfo? _rendering;
    private bool _hasRendering;

    /// <inheritdoc/>
    public RenderInfo? Rendering
    {
        get
        {
            if (!_hasRendering && FramesPerSecond > 0)
            {
                Picture picture = Draw(0);
                _rendering = new RenderInfo(new SKSizeI((int)picture.Width, (int)picture.Height), FramesPerSecond);
            }
            _hasRendering = true;
            return _rendering;
        }
    }

    /// <inheritdoc/>
    public void Render(int copy, SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        if (FramesPerSecond == 0)
        {
            throw new NotSupportedException($"{Spec.Id} does not draw itself: its render_mode is not rgb_array.");
        }
        Picture picture = _finalPicture is { } final && final.Copy == copy ? final : Draw(copy);
        using SKBitmap bitmap = ToBitmap(picture);
        canvas.DrawBitmap(bitmap, 0, 0);
    }

    private Picture Draw(int copy)
    {
        try
        {
            return _lane.Render(copy);
        }
        catch (BridgeLostException lost)
        {
            throw new EnvironmentFaultException($"{Spec.Id} was lost while it drew: {lost.Message}.");
        }
    }

    private static SKBitmap ToBitmap(Picture picture)
    {
        var bitmap = new SKBitmap((int)picture.Width, (int)picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        ReadOnlySpan<byte> source = picture.Rgb.Span;
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int from = 0, to = 0; from < source.Length; from += 3, to += 4)
        {
            pixels[to] = source[from];
            pixels[to + 1] = source[from + 1];
            pixels[to + 2] = source[from + 2];
            pixels[to + 3] = 255;
        }
        return bitmap;
    }
}

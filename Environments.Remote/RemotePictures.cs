using Environments.Rendering;
using Protos.Bridge;
using SkiaSharp;

namespace Environments.Remote;

/// <summary>What an environment's copies look like: pictures that it draws in Python.</summary>
/// <param name="id">Environment, for messages.</param>
/// <param name="framesPerSecond">Pictures per second; 0 where it draws none.</param>
/// <param name="lane">Where pictures come from.</param>
internal sealed class RemotePictures(string id, int framesPerSecond, ReplaceableLane lane)
{
    private RenderInfo? _info;
    private bool _hasInfo;

    /// <summary>Whether there are any.</summary>
    public bool Any => framesPerSecond > 0;

    /// <summary>Picture of an episode's end, which stands for its copy until the next one is drawn; null for none.</summary>
    public Picture? Final { get; set; }

    /// <summary>Size and rate, which the first picture tells; null where there are none.</summary>
    public RenderInfo? Info
    {
        get
        {
            if (!_hasInfo && Any)
            {
                Picture picture = Ask(0);
                _info = new RenderInfo(new SKSizeI((int)picture.Width, (int)picture.Height), framesPerSecond);
            }
            _hasInfo = true;
            return _info;
        }
    }

    /// <summary>Draws a copy.</summary>
    /// <exception cref="NotSupportedException">There are no pictures.</exception>
    /// <exception cref="EnvironmentFaultException">The environment was lost.</exception>
    public void Draw(int copy, SKCanvas canvas)
    {
        if (!Any)
        {
            throw new NotSupportedException($"{id} does not draw itself: its render_mode is not rgb_array.");
        }
        Picture picture = Final is { } final && final.Copy == copy ? final : Ask(copy);
        using SKBitmap bitmap = ToBitmap(picture);
        canvas.DrawBitmap(bitmap, 0, 0);
    }

    private Picture Ask(int copy)
    {
        try
        {
            return lane.Current.Render(copy);
        }
        catch (BridgeLostException lost)
        {
            throw new EnvironmentFaultException($"{id} was lost while it drew: {lost.Message}.");
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

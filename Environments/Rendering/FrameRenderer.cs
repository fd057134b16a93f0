using System.Runtime.InteropServices;
using Protos.Foreign;
using SkiaSharp;

namespace Environments.Rendering;

/// <summary>Turns copies of a batch into pictures, one at a time, in a bitmap that it owns and reuses. Not thread-safe.</summary>
public sealed class FrameRenderer : IDisposable
{
    private readonly IBatchedEnvironment _environment;
    private readonly SKBitmap _bitmap;
    private readonly SKCanvas _canvas;
    private readonly SKSizeI _drawn;

    /// <summary>A renderer of <paramref name="environment"/>, which it does not own.</summary>
    /// <param name="environment">Batch to draw.</param>
    /// <param name="scale">Size of the picture relative to the environment's own, greater than 0.</param>
    /// <exception cref="NotSupportedException">The environment does not draw itself.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture would be empty or have a side above 16,384.</exception>
    public FrameRenderer(IBatchedEnvironment environment, double scale = 1)
        : this(environment, scale, 0) { }

    /// <summary>A renderer that leaves room below the picture, black until <see cref="Canvas"/> is drawn on.</summary>
    internal FrameRenderer(IBatchedEnvironment environment, double scale, int footer)
    {
        ArgumentNullException.ThrowIfNull(environment);
        _environment = environment;
        _drawn =
            environment.Rendering?.Size
            ?? throw new NotSupportedException(
                $"{environment.Spec.Id} does not draw itself. Implement {nameof(IRenderedEnvironment)} to see it."
            );
        (double width, double height) = (Math.Round(_drawn.Width * scale), Math.Round(_drawn.Height * scale));
        if (!(width >= 1 && height >= 1 && width <= 16_384 && height + footer <= 16_384))
        {
            throw new ArgumentOutOfRangeException(
                nameof(scale),
                $"Pictures of {_drawn.Width} × {_drawn.Height} times {scale} would be {width} × {height}; choose a scale that gives 1 to 16,384."
            );
        }
        PictureHeight = (int)height;
        _bitmap = new SKBitmap(new SKImageInfo((int)width, PictureHeight + footer, SKColorType.Rgba8888, SKAlphaType.Opaque));
        _canvas = new SKCanvas(_bitmap);
        _canvas.Clear(SKColors.Black);
    }

    /// <summary>Pixels per row.</summary>
    public int Width => _bitmap.Width;

    /// <summary>Rows.</summary>
    public int Height => _bitmap.Height;

    /// <summary>Rows of the environment's picture; those below are the footer.</summary>
    internal int PictureHeight { get; }

    /// <summary>The whole bitmap's canvas, for what others add to the picture.</summary>
    internal SKCanvas Canvas => _canvas;

    /// <summary>The latest picture, <c>[Height, Width, 4]</c>: red, green, blue, 255. Overwritten by the next call of <see cref="Render"/>.</summary>
    public ReadOnlySpan<byte> Rgba => _bitmap.GetPixelSpan();

    /// <summary>Draws a copy.</summary>
    /// <param name="copy">Which copy, from 0.</param>
    /// <returns><see cref="Rgba"/>.</returns>
    public ReadOnlySpan<byte> Render(int copy)
    {
        _canvas.Save();
        _canvas.ClipRect(new SKRect(0, 0, Width, PictureHeight));
        _canvas.Scale((float)Width / _drawn.Width, (float)PictureHeight / _drawn.Height);
        _environment.Render(copy, _canvas);
        _canvas.Restore();
        return Rgba;
    }

    /// <summary>Draws a copy without the alpha channel.</summary>
    /// <param name="copy">Which copy, from 0.</param>
    /// <param name="destination"><c>[Height, Width, 3]</c>: red, green, blue.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void RenderRgb(int copy, Span<byte> destination)
    {
        if (destination.Length != Width * Height * 3)
        {
            throw new ArgumentException(
                $"A picture of {Width} × {Height} has {Width * Height * 3} bytes; the destination holds {destination.Length}.",
                nameof(destination)
            );
        }
        ReadOnlySpan<uint> pixels = MemoryMarshal.Cast<byte, uint>(Render(copy));
        for (int i = 0; i < pixels.Length; i++)
        {
            uint pixel = pixels[i];
            destination[3 * i] = (byte)pixel;
            destination[3 * i + 1] = (byte)(pixel >> 8);
            destination[3 * i + 2] = (byte)(pixel >> 16);
        }
    }

    /// <summary>Saves the latest picture as PNG.</summary>
    public void SavePng(string path)
    {
        using SKData data = _bitmap.Encode(SKEncodedImageFormat.Png, 100);
        using FileStream file = DiskFailure.CreateFile(path);
        data.SaveTo(file);
    }

    /// <summary>Releases the bitmap.</summary>
    public void Dispose()
    {
        _canvas.Dispose();
        _bitmap.Dispose();
    }
}

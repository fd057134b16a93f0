using Environments.Spaces;

namespace Agents.Networks.Encoders;

/// <summary>An image in an observation: row-major <c>[Frames, Height, Width, Channels]</c>, whichever of these dimensions are written out.</summary>
/// <param name="Frames">Images one after the other, as a frame stack gives them; 1 without one.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Channels">Numbers per pixel of one frame.</param>
internal readonly record struct ImageShape(int Frames, int Height, int Width, int Channels)
{
    /// <summary>The shorter side.</summary>
    public int Side => Math.Min(Height, Width);

    /// <summary>The image that a box holds; null for another number of dimensions than 2, 3 or 4.</summary>
    /// <remarks>
    /// Three dimensions are [height, width, channels], or the [frames, height, width] of stacked images without channels. The two
    /// dimensions that differ least are taken for the sides: 10 × 10 × 4 has channels last, 4 × 84 × 84 frames first.
    /// </remarks>
    public static ImageShape? Of(Box box)
    {
        ReadOnlySpan<int> shape = box.Shape;
        return shape.Length switch
        {
            2 => new ImageShape(1, shape[0], shape[1], 1),
            3 when Math.Abs(shape[0] - shape[1]) <= Math.Abs(shape[1] - shape[2]) => new ImageShape(
                1,
                shape[0],
                shape[1],
                shape[2]
            ),
            3 => new ImageShape(shape[0], shape[1], shape[2], 1),
            4 => new ImageShape(shape[0], shape[1], shape[2], shape[3]),
            _ => null,
        };
    }
}

using SkiaSharp;

namespace Environments.MinAtar;

/// <summary>Draws a board: every cell in the colour of the last channel that is set there.</summary>
internal static class MinAtarPicture
{
    private const int BoardSize = 10;
    private const int CellSize = 32;
    private const int Gap = 1;

    private static readonly SKColor Background = new(0x10, 0x12, 0x18);
    private static readonly SKColor Empty = new(0x1c, 0x1f, 0x28);

    // Bright enough for a dark board; neighbours in the list are far apart in hue, since neighbouring channels meet on the board.
    private static readonly SKColor[] Palette =
    [
        new(0x4f, 0xc3, 0x4a),
        new(0xe8, 0x48, 0x3f),
        new(0x7d, 0x86, 0x96),
        new(0xf2, 0xc1, 0x2e),
        new(0x3f, 0x8f, 0xe8),
        new(0xf0, 0x7f, 0xc0),
        new(0xf2, 0x88, 0x2c),
        new(0x45, 0xd3, 0xd9),
        new(0xa9, 0x74, 0xf0),
        new(0xf4, 0xf0, 0xe0),
    ];

    public static SKSizeI Size => new(BoardSize * CellSize, BoardSize * CellSize);

    /// <param name="canvas">Destination.</param>
    /// <param name="cells"><c>[row, column, channel]</c>.</param>
    public static void Draw(SKCanvas canvas, ReadOnlySpan<float> cells)
    {
        int channels = cells.Length / (BoardSize * BoardSize);
        canvas.Clear(Background);
        using var paint = new SKPaint();
        for (int cell = 0; cell < BoardSize * BoardSize; cell++)
        {
            int channel = cells.Slice(cell * channels, channels).LastIndexOf(1);
            paint.Color = channel < 0 ? Empty : Palette[channel];
            float left = cell % BoardSize * CellSize;
            float top = cell / BoardSize * CellSize;
            canvas.DrawRect(left + Gap, top + Gap, CellSize - 2 * Gap, CellSize - 2 * Gap, paint);
        }
    }
}

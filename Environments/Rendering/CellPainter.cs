using SkiaSharp;

namespace Environments.Rendering;

/// <summary>Draws plain shapes into a board of square cells. Owns its paint.</summary>
/// <param name="canvas">Destination.</param>
/// <param name="cell">Side of a cell in pixels.</param>
/// <param name="margin">Pixels left free around the board.</param>
internal sealed class CellPainter(SKCanvas canvas, float cell, float margin = 0) : IDisposable
{
    private readonly SKPaint _paint = new() { IsAntialias = true };

    /// <summary>Row and column step of the directions up, right, down and left.</summary>
    public static readonly (int Row, int Column)[] Directions = [(-1, 0), (0, 1), (1, 0), (0, -1)];

    /// <summary>Fills a cell but for a border, given as a share of its side.</summary>
    public void Square(int row, int column, SKColor colour, float border = 0.015f)
    {
        _paint.Color = colour;
        float inset = border * cell;
        canvas.DrawRect(margin + column * cell + inset, margin + row * cell + inset, cell - 2 * inset, cell - 2 * inset, _paint);
    }

    /// <summary>A disc around the middle of a cell, its radius a share of the side.</summary>
    public void Disc(float row, float column, float radius, SKColor colour)
    {
        _paint.Color = colour;
        canvas.DrawCircle(margin + (column + 0.5f) * cell, margin + (row + 0.5f) * cell, radius * cell, _paint);
    }

    /// <summary>A line between two corners of cells, its width a share of the side.</summary>
    public void Line(float row1, float column1, float row2, float column2, float width, SKColor colour)
    {
        _paint.Color = colour;
        _paint.StrokeWidth = width * cell;
        _paint.StrokeCap = SKStrokeCap.Round;
        canvas.DrawLine(margin + column1 * cell, margin + row1 * cell, margin + column2 * cell, margin + row2 * cell, _paint);
    }

    /// <summary>The agent: a disc with a nose in one of the <see cref="Directions"/>, or without one for any other number.</summary>
    public void Agent(int row, int column, int direction, SKColor colour)
    {
        Disc(row, column, 0.3f, colour);
        if ((uint)direction < 4)
        {
            (int rowStep, int columnStep) = Directions[direction];
            Disc(row + 0.2f * rowStep, column + 0.2f * columnStep, 0.1f, SKColors.White);
        }
    }

    public void Dispose() => _paint.Dispose();
}

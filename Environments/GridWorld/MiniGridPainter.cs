using System.Runtime.CompilerServices;
using SkiaSharp;

namespace Environments.GridWorld;

/// <summary>Draws a MiniGrid world from above, with the cells that the agent sees lightened and a small copy of what it carries.</summary>
internal static class MiniGridPainter
{
    /// <summary>Pixels per side of a cell.</summary>
    private const int TileSize = 32;

    private const float LineWidth = 0.031f; // these and all further lengths in cells
    private static readonly SKColor Lightening = SKColors.White.WithAlpha(77); // 30 %

    /// <summary>Size of the picture in pixels.</summary>
    public static SKSizeI SizeOf(in MiniGrid grid) => new(grid.Width * TileSize, grid.Height * TileSize);

    /// <summary>Draws the world.</summary>
    public static void Paint(SKCanvas canvas, in MiniGrid grid, in MiniGridView view)
    {
        using var paint = new SKPaint { IsAntialias = true };
        canvas.Clear(SKColors.Black);
        canvas.Save();
        canvas.Scale(TileSize);
        for (int x = 0; x < grid.Width; x++)
        {
            for (int y = 0; y < grid.Height; y++)
            {
                canvas.Save();
                canvas.Translate(x, y);
                PaintFloor(canvas, paint);
                PaintCell(canvas, paint, grid[x, y]);
                canvas.Restore();
            }
        }
        canvas.Save();
        canvas.Translate(grid.AgentX, grid.AgentY);
        PaintAgent(canvas, paint, grid.AgentDirection, grid.Carried);
        canvas.Restore();
        PaintView(canvas, paint, grid, view);
        canvas.Restore();
    }

    private static void PaintView(SKCanvas canvas, SKPaint paint, in MiniGrid grid, in MiniGridView view)
    {
        paint.Color = Lightening;
        for (int column = 0; column < MiniGridView.Size; column++)
        {
            for (int row = 0; row < MiniGridView.Size; row++)
            {
                if (view.At(column, row) != Cell.None)
                {
                    (int x, int y) = MiniGridView.Locate(grid, column, row);
                    canvas.DrawRect(x, y, 1, 1, paint);
                }
            }
        }
    }

    private static void PaintFloor(SKCanvas canvas, SKPaint paint)
    {
        paint.Color = ColourOf(CellColour.Grey);
        canvas.DrawRect(0, 0, LineWidth, 1, paint);
        canvas.DrawRect(0, 0, 1, LineWidth, paint);
    }

    private static void PaintCell(SKCanvas canvas, SKPaint paint, Cell cell)
    {
        paint.Color = ColourOf(cell.Colour);
        switch (cell.Type)
        {
            case CellType.Wall:
            case CellType.Goal:
                canvas.DrawRect(0, 0, 1, 1, paint);
                break;
            case CellType.Ball:
                canvas.DrawCircle(0.5f, 0.5f, 0.31f, paint);
                break;
            case CellType.Key:
                PaintKey(canvas, paint);
                break;
            case CellType.Door:
                PaintDoor(canvas, paint, cell);
                break;
            case CellType.Unseen or CellType.Empty:
                break;
            default:
                throw new SwitchExpressionException(cell.Type);
        }
    }

    private static void PaintKey(SKCanvas canvas, SKPaint paint)
    {
        canvas.DrawRect(0.5f, 0.31f, 0.13f, 0.57f, paint);
        canvas.DrawRect(0.38f, 0.59f, 0.12f, 0.07f, paint);
        canvas.DrawRect(0.38f, 0.81f, 0.12f, 0.07f, paint);
        canvas.DrawCircle(0.56f, 0.28f, 0.19f, paint);
        paint.Color = SKColors.Black;
        canvas.DrawCircle(0.56f, 0.28f, 0.064f, paint);
    }

    private static void PaintDoor(SKCanvas canvas, SKPaint paint, Cell door)
    {
        SKColor colour = paint.Color;
        switch (door.DoorState)
        {
            case DoorState.Open:
                canvas.DrawRect(0.88f, 0, 0.12f, 1, paint);
                paint.Color = SKColors.Black;
                canvas.DrawRect(0.92f, 0.04f, 0.04f, 0.92f, paint);
                break;
            case DoorState.Closed:
                canvas.DrawRect(0, 0, 1, 1, paint);
                PaintInset(0.04f, SKColors.Black);
                PaintInset(0.08f, colour);
                PaintInset(0.12f, SKColors.Black);
                paint.Color = colour;
                canvas.DrawCircle(0.75f, 0.5f, 0.08f, paint);
                break;
            case DoorState.Locked:
                canvas.DrawRect(0, 0, 1, 1, paint);
                PaintInset(0.06f, new SKColor(Darkened(colour.Red), Darkened(colour.Green), Darkened(colour.Blue)));
                paint.Color = colour;
                canvas.DrawRect(0.52f, 0.5f, 0.23f, 0.06f, paint);
                break;
            default:
                throw new SwitchExpressionException(door.DoorState);
        }

        void PaintInset(float margin, SKColor inside)
        {
            paint.Color = inside;
            canvas.DrawRect(margin, margin, 1 - 2 * margin, 1 - 2 * margin, paint);
        }

        static byte Darkened(byte channel) => (byte)(0.45f * channel);
    }

    private static void PaintAgent(SKCanvas canvas, SKPaint paint, int direction, Cell carried)
    {
        canvas.Save();
        canvas.RotateDegrees(90 * direction, 0.5f, 0.5f);
        using var triangle = new SKPath();
        triangle.MoveTo(0.12f, 0.19f);
        triangle.LineTo(0.87f, 0.5f);
        triangle.LineTo(0.12f, 0.81f);
        triangle.Close();
        paint.Color = ColourOf(CellColour.Red);
        canvas.DrawPath(triangle, paint);
        canvas.Restore();
        if (carried != Cell.None)
        {
            canvas.Save();
            canvas.Translate(0.3f, 0.3f);
            canvas.Scale(0.4f);
            PaintCell(canvas, paint, carried);
            canvas.Restore();
        }
    }

    private static SKColor ColourOf(CellColour colour) =>
        colour switch
        {
            CellColour.Red => new SKColor(255, 0, 0),
            CellColour.Green => new SKColor(0, 255, 0),
            CellColour.Blue => new SKColor(0, 0, 255),
            CellColour.Purple => new SKColor(112, 39, 195),
            CellColour.Yellow => new SKColor(255, 255, 0),
            CellColour.Grey => new SKColor(100, 100, 100),
        };
}

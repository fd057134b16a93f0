using SkiaSharp;

namespace Environments.Memory.TMazes;

/// <summary>A T-maze from above.</summary>
internal static class TMazeDrawing
{
    private const int MaxCells = 12; // longer corridors are drawn shortened
    private const float Cell = 24;

    public static SKSizeI Size { get; } = new((int)((MaxCells + 2) * Cell), 130);

    /// <summary>Draws the maze.</summary>
    /// <param name="canvas">Destination.</param>
    /// <param name="junction">Cell of the junction; the first cell is 0.</param>
    /// <param name="start">Cell of the start.</param>
    /// <param name="x">The agent's cell along the corridor.</param>
    /// <param name="y">The agent's cell across: 1 above, −1 below.</param>
    /// <param name="goal">1 where the goal lies above, −1 below.</param>
    /// <param name="shown">Whether the agent is being told.</param>
    public static void Draw(SKCanvas canvas, int junction, int start, int x, int y, int goal, bool shown)
    {
        SymbolDrawing.Clear(canvas);
        float scale = Math.Min(1, (float)MaxCells / junction);
        SKRect corridor = SKRect.Create(Cell / 2, Row(0), (junction * scale + 1) * Cell, Cell);
        SymbolDrawing.Tile(canvas, corridor);
        SymbolDrawing.Tile(canvas, At(junction * scale, 1), good: goal == 1);
        SymbolDrawing.Tile(canvas, At(junction * scale, -1), good: goal == -1);
        SymbolDrawing.Frame(canvas, At(start * scale, 0));
        if (shown)
        {
            SymbolDrawing.Symbol(canvas, 2, At(x * scale, 0).MidX, goal == 1 ? 26 : 94, 8);
        }
        SKRect place = At(x * scale, y);
        SymbolDrawing.Agent(canvas, place.MidX, place.MidY, Cell / 3);
    }

    private static float Row(int y) => 60 - Cell / 2 - y * (Cell + 1);

    private static SKRect At(float x, int y) => SKRect.Create(Cell / 2 + x * Cell, Row(y), Cell, Cell);
}

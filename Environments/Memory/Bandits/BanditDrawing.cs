using SkiaSharp;

namespace Environments.Memory.Bandits;

/// <summary>Arms of a bandit as bars.</summary>
internal static class BanditDrawing
{
    /// <summary>Draws one arm: its hidden worth as an unfilled height, the latest pull as a mark, and as a disc the reward that it brought.</summary>
    /// <param name="canvas">Destination.</param>
    /// <param name="arm">Which arm.</param>
    /// <param name="arms">Arms in all.</param>
    /// <param name="worth">0 to 1.</param>
    /// <param name="pulled">Whether it was pulled last.</param>
    /// <param name="reward">What that brought.</param>
    public static void Arm(SKCanvas canvas, int arm, int arms, float worth, bool pulled, float reward)
    {
        float width = 280f / arms;
        float height = 10 + 90 * worth;
        SKRect place = SKRect.Create(20 + arm * width + 1, 120 - height, Math.Max(width - 2, 1), height);
        SymbolDrawing.Tile(canvas, place, symbol: pulled ? 1 : -1);
        if (pulled && reward > 0)
        {
            SymbolDrawing.Symbol(canvas, 4, place.MidX, 134, 8);
        }
    }
}

using System.Globalization;
using Environments.Rendering;
using Protos.Foreign;
using SkiaSharp;

namespace Learners.Evaluation;

/// <summary>Draws an attention recording: one square per layer (down) and head (across); in each, rows are the steps that look, columns those looked at.</summary>
public static class AttentionPicture
{
    private const int SquareSide = 256;
    private const int LargestCell = 32;
    private const int Margin = 12;
    private const int CaptionHeight = 20;

    private static readonly SKColor Background = new(24, 24, 27);

    // Dark to bright in equal steps of lightness, also for those who see colours differently.
    private static readonly SKColor[] Scale =
    [
        new(13, 8, 35),
        new(60, 15, 112),
        new(129, 37, 129),
        new(196, 60, 117),
        new(245, 112, 92),
        new(254, 178, 120),
        new(252, 253, 191),
    ];

    /// <summary>Writes a PNG; an existing file is replaced, missing folders are made.</summary>
    /// <param name="recording">What to draw.</param>
    /// <param name="path">Destination.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(AttentionRecording recording, string path)
    {
        ArgumentNullException.ThrowIfNull(recording);
        int cell = Math.Clamp(SquareSide / recording.Steps, 1, LargestCell);
        int side = cell * recording.Steps;
        int columnWidth = Math.Max(side, SquareSide / 2) + Margin;
        int rowHeight = side + CaptionHeight + Margin;
        int width = Margin + recording.Heads * columnWidth;
        int height = Margin + recording.Layers * rowHeight + CaptionHeight + Margin;
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(Background);
        using var caption = new ScoreCaption();
        for (int layer = 0; layer < recording.Layers; layer++)
        {
            for (int head = 0; head < recording.Heads; head++)
            {
                int left = Margin + head * columnWidth;
                int top = Margin + layer * rowHeight;
                var area = SKRect.Create(left, top, columnWidth - Margin, CaptionHeight);
                caption.Draw(canvas, area, $"layer {layer + 1}, head {head + 1}");
                DrawSquare(canvas, recording, layer, head, left, top + CaptionHeight, cell);
            }
        }
        string score = recording.Return.ToString("0.##", CultureInfo.InvariantCulture);
        string legend =
            $"{recording.Steps} steps, return {score}; down: step that looks, across: step looked at; black 0, white 1";
        caption.Draw(canvas, SKRect.Create(Margin, height - Margin - CaptionHeight, width - 2 * Margin, CaptionHeight), legend);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        using FileStream file = DiskFailure.CreateFile(path);
        data.SaveTo(file);
    }

    /// <summary>Colour of a share of attention: linear in the share.</summary>
    internal static SKColor ColourOf(float weight)
    {
        float place = Math.Clamp(weight, 0, 1) * (Scale.Length - 1);
        int low = Math.Min((int)place, Scale.Length - 2);
        float rest = place - low;
        return new SKColor(
            Blend(Scale[low].Red, Scale[low + 1].Red),
            Blend(Scale[low].Green, Scale[low + 1].Green),
            Blend(Scale[low].Blue, Scale[low + 1].Blue)
        );

        byte Blend(byte from, byte to) => (byte)MathF.Round(from + rest * (to - from));
    }

    private static void DrawSquare(
        SKCanvas canvas,
        AttentionRecording recording,
        int layer,
        int head,
        int left,
        int top,
        int cell
    )
    {
        using var paint = new SKPaint();
        int gap = cell >= 8 ? 1 : 0;
        for (int query = 0; query < recording.Steps; query++)
        {
            for (int attended = 0; attended <= query; attended++)
            {
                paint.Color = ColourOf(recording[layer, head, query, attended]);
                canvas.DrawRect(SKRect.Create(left + attended * cell, top + query * cell, cell - gap, cell - gap), paint);
            }
        }
    }
}

using Environments;
using Environments.Randomness;
using Environments.Rendering;
using SkiaSharp;
using Xunit;

namespace Tests.EnvironmentTests;

/// <summary>What every picture must keep: all is painted over, the same state looks the same, another one differs.</summary>
internal static class RenderCheck
{
    /// <summary>Draws the state after a reset and the one after <paramref name="actions"/>.</summary>
    public static void Run<TEnvironment>(TEnvironment environment, params ReadOnlySpan<float> actions)
        where TEnvironment : struct, IEnvironment, IRenderedEnvironment
    {
        var random = new Pcg64(5);
        var observation = new float[environment.ObservationSpace.Size];
        environment.Reset(observation, ref random);
        byte[] first = Draw(environment, SKColors.Magenta);
        Assert.Equal(first, Draw(environment, SKColors.Cyan));
        foreach (float action in actions)
        {
            environment.Step([action], observation, ref random);
        }
        Assert.NotEqual(first, Draw(environment, SKColors.Magenta));
    }

    private static byte[] Draw(IRenderedEnvironment environment, SKColor background)
    {
        using var bitmap = new SKBitmap(environment.RenderSize.Width, environment.RenderSize.Height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(background);
        environment.Render(canvas);
        canvas.Flush();
        return bitmap.Bytes;
    }
}

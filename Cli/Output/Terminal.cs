using Environments;
using Environments.Rendering;
using Environments.Rendering.Terminal;

namespace Cli.Output;

/// <summary>What the terminal behind a writer can show.</summary>
internal static class Terminal
{
    private const int LinesBelow = 5; // keys, news, score and the prompt

    /// <summary>Columns and lines for a picture; null where it shows none.</summary>
    public static (int Columns, int Lines)? PictureSize(TextWriter output)
    {
        if (
            output != Console.Out
            || Console.IsOutputRedirected
            || !TerminalPicture.IsSupported(Environment.GetEnvironmentVariable)
        )
        {
            return null;
        }
        return (Math.Clamp(Console.WindowWidth, 1, 120), Math.Clamp(Console.WindowHeight - LinesBelow, 1, 60));
    }

    /// <summary>Prints the first picture of an environment where both it and the terminal have one.</summary>
    public static void PrintPicture(TextWriter output, EnvironmentRegistry registry, string id)
    {
        if (PictureSize(output) is not { } size)
        {
            return;
        }
        using IBatchedEnvironment environment = registry.Make(id);
        if (environment.Rendering is not { } info)
        {
            return;
        }
        environment.Reset(0);
        using var renderer = new FrameRenderer(environment, TerminalPicture.FitScale(info, size.Columns, size.Lines));
        output.Write(TerminalPicture.ToText(renderer.Render(0), renderer.Width));
    }
}

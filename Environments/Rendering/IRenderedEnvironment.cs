using SkiaSharp;

namespace Environments.Rendering;

/// <summary>An environment that draws itself. Implemented beside <see cref="IEnvironment"/> by the same struct.</summary>
public interface IRenderedEnvironment
{
    /// <summary>Width and height of the picture in pixels.</summary>
    SKSizeI RenderSize { get; }

    /// <summary>Steps per second at which the task looks natural; films use it unless told otherwise.</summary>
    /// <value>Default 30.</value>
    int FramesPerSecond => 30;

    /// <summary>Draws the state after the latest reset or step; draws from no generator and changes nothing.</summary>
    /// <param name="canvas">Destination, <see cref="RenderSize"/> large; may hold an older picture, all of it is painted over.</param>
    void Render(SKCanvas canvas);
}

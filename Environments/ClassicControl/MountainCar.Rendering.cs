using Environments.Rendering;
using SkiaSharp;

namespace Environments.ClassicControl;

public partial struct MountainCar : IRenderedEnvironment
{
    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(Valley.Width, Valley.Height);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas) => Valley.Draw(canvas, _position, Goal);
}

using Environments.Rendering;
using SkiaSharp;

namespace Environments.ClassicControl;

public partial struct CartPoleNoVelocity : IRenderedEnvironment
{
    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => _cartPole.RenderSize;

    /// <inheritdoc/>
    public readonly int FramesPerSecond => _cartPole.FramesPerSecond;

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas) => _cartPole.Render(canvas);
}

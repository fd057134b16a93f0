using SkiaSharp;

namespace Environments.Rendering;

/// <summary>How a batch's pictures come out.</summary>
/// <param name="Size">Width and height in pixels.</param>
/// <param name="FramesPerSecond">Steps per second at which the task looks natural.</param>
public readonly record struct RenderInfo(SKSizeI Size, int FramesPerSecond);

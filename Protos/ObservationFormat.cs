namespace Protos;

/// <summary>How the observations of an unroll are kept.</summary>
/// <param name="FrameSize">Numbers in one frame.</param>
/// <param name="Frames">Frames that the agent sees at once, the latest last; every frame is kept once and stacked where it is read.</param>
/// <param name="IsBytes">Whether a number is one byte (a whole number from 0 to 255) instead of four (float32).</param>
public readonly record struct ObservationFormat(int FrameSize, int Frames = 1, bool IsBytes = false)
{
    /// <summary>Numbers in one observation.</summary>
    public int ObservationSize => FrameSize * Frames;

    /// <summary>Bytes of one frame.</summary>
    public int FrameBytes => IsBytes ? FrameSize : FrameSize * sizeof(float);
}

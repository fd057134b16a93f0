namespace Environments.Rendering.Animation;

/// <summary>Takes pictures one after the other and makes a film of them.</summary>
public interface IAnimationWriter : IDisposable
{
    /// <summary>Pictures so far.</summary>
    int Frames { get; }

    /// <summary>Adds a picture, shown for one frame.</summary>
    /// <param name="rgba"><c>[height, width, 4]</c>: red, green, blue and an ignored byte.</param>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    void Add(ReadOnlySpan<byte> rgba);
}

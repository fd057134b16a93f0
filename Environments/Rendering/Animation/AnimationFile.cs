using Protos.Foreign;

namespace Environments.Rendering.Animation;

/// <summary>Films and pictures by the ending of their file's name.</summary>
public static class AnimationFile
{
    /// <summary>Endings that are known.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".gif", ".mp4", ".png"];

    /// <summary>Most pictures per second that viewers of this kind of file play.</summary>
    public static double MaxFramesPerSecond(string path) => HasExtension(path, ".gif") ? 50 : 240;

    /// <summary>Starts a file: <c>.gif</c>, <c>.mp4</c> (by the program ffmpeg), or <c>.png</c>, which keeps the first picture only.</summary>
    /// <param name="path">Destination; an existing file is replaced when the film ends, missing folders are made.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="framesPerSecond">Pictures per second.</param>
    /// <exception cref="ArgumentException">The ending is not known.</exception>
    /// <exception cref="NotSupportedException">The file needs a program that is not installed.</exception>
    public static IAnimationWriter Create(string path, int width, int height, double framesPerSecond)
    {
        RequireKnown(path);
        DiskFailure.CreateFolderOf(path);
        return new ReplacingWriter(
            path,
            place =>
                HasExtension(path, ".gif") ? new GifWriter(File.Create(place, 65_536), width, height, framesPerSecond)
                : HasExtension(path, ".mp4") ? new FfmpegWriter(place, width, height, framesPerSecond)
                : new FirstPicture(place, width, height)
        );
    }

    /// <summary>Says what endings are known unless this is one of them.</summary>
    /// <exception cref="ArgumentException">The ending is not known.</exception>
    public static void RequireKnown(string path)
    {
        if (!Extensions.Any(extension => HasExtension(path, extension)))
        {
            throw new ArgumentException($"'{path}' should end in {string.Join(", ", Extensions)}, which says what is written.");
        }
    }

    /// <summary>Whether later pictures would be ignored.</summary>
    internal static bool IsSinglePicture(string path) => HasExtension(path, ".png");

    private static bool HasExtension(string path, string extension) =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}

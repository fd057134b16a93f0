namespace Protos.Foreign;

/// <summary>What a disk that is full, gone or forbidden throws, and what it is called in plain words.</summary>
/// <remarks>The system's own texts name temporary files, or say that a file is missing where none can be made.</remarks>
internal static class DiskFailure
{
    /// <summary>Whether an exception of a file operation is the disk's fault.</summary>
    /// <remarks>A file that may not grow further (EFBIG: quotas, <c>ulimit -f</c>) is reported as an argument out of range.</remarks>
    public static bool IsOne(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" };

    /// <summary>Makes a folder and those above it where they are missing.</summary>
    /// <exception cref="IOException">It cannot be made; the message names the folder as it was given, the reason, and what to do.</exception>
    public static void CreateFolder(string path) => Writing(path, () => Directory.CreateDirectory(path));

    /// <summary>Makes the folder in which a file is to lie.</summary>
    /// <exception cref="IOException">It cannot be made; the message names the file, the reason, and what to do.</exception>
    public static void CreateFolderOf(string file) =>
        Writing(file, () => Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!));

    /// <summary>Opens a file to write it anew, and makes its folder where it is missing.</summary>
    /// <exception cref="IOException">It cannot be made; the message names the file, the reason, and what to do.</exception>
    public static FileStream CreateFile(string path)
    {
        CreateFolderOf(path);
        return Writing(path, () => File.Create(path));
    }

    /// <summary>Writes at a place that somebody named.</summary>
    /// <param name="path">The file or folder, as it was given.</param>
    /// <param name="write">Makes it.</param>
    /// <exception cref="IOException">It cannot be made; the message names the path, the reason, and what to do.</exception>
    public static T Writing<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception exception) when (IsOne(exception) && exception is not PlaceException)
        {
            throw new PlaceException($"'{path}' cannot be written: {WhyNotWritten(path, exception)}", exception);
        }
    }

    /// <inheritdoc cref="Writing{T}"/>
    public static void Writing(string path, Action write) =>
        Writing<object?>(
            path,
            () =>
            {
                write();
                return null;
            }
        );

    /// <summary>An exception of reading a file, of the same type, in plain words.</summary>
    /// <param name="path">The file, as it was given.</param>
    /// <param name="exception">What the system threw.</param>
    public static Exception Unreadable(string path, Exception exception) =>
        exception switch
        {
            FileNotFoundException => new FileNotFoundException($"There is no file '{path}'.", path, exception),
            DirectoryNotFoundException => new DirectoryNotFoundException(
                $"There is no file '{path}', nor a folder '{Path.GetDirectoryName(path)}'.",
                exception
            ),
            UnauthorizedAccessException => new UnauthorizedAccessException(
                $"'{path}' cannot be read: this user has no permission to read it.",
                exception
            ),
            _ => new IOException($"'{path}' cannot be read: {Reason(exception)}.", exception) { HResult = exception.HResult },
        };

    private static string WhyNotWritten(string path, Exception exception)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string there = full;
        while (!Path.Exists(there) && Path.GetDirectoryName(there) is { } above)
        {
            there = above;
        }
        if (there != full && File.Exists(there))
        {
            return $"'{there}' is a file, not a folder. Choose another path.";
        }
        return exception switch
        {
            UnauthorizedAccessException when there == full && Directory.Exists(full) && !IsAbout(exception, inside: full) =>
                "it is a folder. Choose another path.",
            UnauthorizedAccessException =>
                $"this user has no permission to write to '{there}'. Choose another path, or have the permission changed.",
            DirectoryNotFoundException when there != full && there != Path.GetDirectoryName(full) =>
                $"there is no folder '{Path.GetDirectoryName(full)}'. Create it, or choose another path.",
            FileNotFoundException or DirectoryNotFoundException => $"nothing can be created in '{there}'. Choose another path.",
            _ when there == full && File.Exists(full) && exception is IOException =>
                $"a file is in the way ({Reason(exception)}). Choose another path.",
            _ => $"{Reason(exception)}. {(IsFull(exception) ? "Free some space there." : "Choose another path.")}",
        };
    }

    // The system names what it could not open: something within the folder, or the folder itself, where a file was to be.
    private static bool IsAbout(Exception exception, string inside) =>
        exception.Message.Contains($"'{inside}{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    private static bool IsFull(Exception exception) =>
        exception.Message.Contains("No space", StringComparison.Ordinal)
        || exception.Message.Contains("quota", StringComparison.OrdinalIgnoreCase);

    // "No space left on device : '/path'": the path is told already, and may be that of a temporary file.
    private static string Reason(Exception exception)
    {
        string text = exception.Message.Split(" : '")[0].TrimEnd('.');
        return text.Length > 1 && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }

    // So that a place inside of another is told once.
    private sealed class PlaceException : IOException
    {
        public PlaceException(string message, Exception inner)
            : base(message, inner) => HResult = inner.HResult;
    }
}

namespace Page.Runs;

/// <summary>By what it is noticed that a file has changed.</summary>
/// <param name="Length">Its bytes; −1 where it is missing.</param>
/// <param name="Ticks">When it was written, UTC; 0 where it is missing.</param>
internal readonly record struct FileStamp(long Length, long Ticks)
{
    /// <summary>Whether there is a file.</summary>
    public bool Exists => Length >= 0;

    /// <summary>The stamp of a file.</summary>
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks) : new FileStamp(-1, 0);
    }
}

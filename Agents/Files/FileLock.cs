namespace Agents.Files;

/// <summary>A file that one process at a time holds open; the operating system lets go of it when the process ends, however it ends.</summary>
internal static class FileLock
{
    private const int Looks = 4;
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WindowsLockViolation = unchecked((int)0x80070021);
    private const int UnixExists = 17;
    private const int WindowsExists = unchecked((int)0x80070050);

    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Takes a lock, and makes its file where there is none.</summary>
    /// <returns>Dispose it to let go; null where another process holds it.</returns>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static FileStream? TryHold(string path)
    {
        // Whoever only looks whether it is held (IsHeld) holds it for an instant.
        for (int look = 1; look < Looks; look++)
        {
            if (TryOpen(path, FileMode.OpenOrCreate) is { } held)
            {
                return held;
            }
            Thread.Sleep(LookPause);
        }
        return TryOpen(path, FileMode.OpenOrCreate);
    }

    /// <summary>Takes a lock whose file is not there yet: of several processes at once one succeeds.</summary>
    /// <returns>Dispose it to let go; null where the file is there.</returns>
    /// <exception cref="IOException">The file cannot be made for another reason.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be made.</exception>
    public static FileStream? TryCreate(string path) => TryOpen(path, FileMode.CreateNew);

    /// <summary>Whether another process holds a lock; a file that is not there is held by nobody.</summary>
    /// <remarks>Looks without writing, so that a run on a volume that cannot be written to is not taken for one in use.</remarks>
    public static bool IsHeld(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }
        try
        {
            using var held = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException exception) when (IsTaken(exception))
        {
            return true;
        }
    }

    private static FileStream? TryOpen(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (IsTaken(exception))
        {
            return null;
        }
    }

    private static bool IsTaken(IOException exception) =>
        exception.HResult
            is LinuxWouldBlock
                or MacWouldBlock
                or WindowsSharingViolation
                or WindowsLockViolation
                or UnixExists
                or WindowsExists;
}

using System.Globalization;
using Agents.Files;
using Protos.Foreign;

namespace Learners.Runs;

/// <summary>A run folder that this process alone may write to, until disposed. Where no run was begun in it, it is gone again.</summary>
internal sealed class RunClaim : IDisposable
{
    private readonly FileStream _lock;
    private readonly bool _isNew;
    private bool _disposed;

    private RunClaim(RunFolder folder, FileStream held, bool isNew)
    {
        Folder = folder;
        _lock = held;
        _isNew = isNew;
    }

    /// <summary>The folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>Claims the folder of a new run.</summary>
    /// <param name="named">The one that was asked for; null for the default.</param>
    /// <param name="usual">The default, such as that of <see cref="RunFolder"/>; where it is taken, one with a number behind it.</param>
    /// <exception cref="IOException">The folder holds something already, is in use, or cannot be written.</exception>
    public static RunClaim ForNew(string? named, string usual) => named is null ? FirstFree(usual) : Named(new RunFolder(named));

    /// <summary>Claims a new folder: the given one, or the first of <c>.2</c>, <c>.3</c> … behind it that nobody has.</summary>
    internal static RunClaim FirstFree(string path)
    {
        string candidate = path;
        for (int i = 2; ; i++)
        {
            if (TryFree(new RunFolder(candidate)) is { } claim)
            {
                return claim;
            }
            candidate = string.Create(CultureInfo.InvariantCulture, $"{path}.{i}");
        }
    }

    /// <summary>Claims the folder of a run that is to be continued.</summary>
    /// <exception cref="IOException">It is in use, or cannot be written.</exception>
    public static RunClaim ForResumed(RunFolder folder) => new(folder, Hold(folder), isNew: false);

    /// <summary>Lets go of the folder.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        // The folder may have been deleted by somebody while the run went on.
        if (
            _isNew
            && Directory.Exists(Folder.Path)
            && Directory.EnumerateFileSystemEntries(Folder.Path).All(path => Path.GetFileName(path) == RunFolder.LockName)
        )
        {
            // Unlinked while it is held: whoever comes next finds either nothing, or a folder that stays since it has a lock of its own.
            File.Delete(Folder.Lock);
            TryDeleteEmpty(Folder.Path);
        }
        _lock.Dispose();
    }

    private static RunClaim Named(RunFolder folder)
    {
        RequireFree(folder);
        bool isNew = !Directory.Exists(folder.Path);
        DiskFailure.CreateFolder(folder.Path);
        FileStream held = Hold(folder);
        try
        {
            RequireFree(folder); // another run may have come and gone since
            return new RunClaim(folder, held, isNew);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static RunClaim? TryFree(RunFolder folder)
    {
        while (true)
        {
            DiskFailure.CreateFolder(folder.Path);
            try
            {
                // Its lock stays with a run, so that the file is missing where nobody was before.
                if (DiskFailure.Writing(folder.Path, () => FileLock.TryCreate(folder.Lock)) is not { } held)
                {
                    return null;
                }
                if (Directory.EnumerateFileSystemEntries(folder.Path).Count() == 1)
                {
                    return new RunClaim(folder, held, isNew: true);
                }
                File.Delete(folder.Lock);
                held.Dispose();
                return null;
            }
            catch (IOException) when (!Path.Exists(folder.Path))
            {
                // Another process gave the folder up between the two calls.
            }
        }
    }

    private static void RequireFree(RunFolder folder)
    {
        if (File.Exists(folder.Config))
        {
            throw new IOException($"'{folder.Path}' already holds a run. Continue it with --resume, or choose another --out.");
        }
        // A run that failed before its first checkpoint leaves nothing but its lock and its metrics, which nobody misses.
        bool isFree =
            !Directory.Exists(folder.Path)
            || Directory
                .EnumerateFileSystemEntries(folder.Path)
                .Select(entry => Path.GetFileName(entry))
                .All(name =>
                    name is RunFolder.LockName or RunFolder.MetricsName or RunFolder.EpisodesName
                    || name.StartsWith("events.out.tfevents.", StringComparison.Ordinal)
                );
        if (!isFree)
        {
            throw new IOException(
                $"'{folder.Path}' holds other files, which a run could overwrite. Choose an empty or new folder with --out."
            );
        }
    }

    private static FileStream Hold(RunFolder folder)
    {
        return DiskFailure.Writing(folder.Path, () => FileLock.TryHold(folder.Lock))
            ?? throw new IOException($"'{folder.Path}' is in use by another process that trains there. Wait for it to end.");
    }

    private static void TryDeleteEmpty(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (IOException)
        {
            // Another process has claimed it since.
        }
    }
}

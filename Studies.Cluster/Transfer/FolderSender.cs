using Agents.Files;
using Google.Protobuf;
using Grpc.Core;
using Learners.Runs;
using Protos.Foreign;

namespace Studies.Cluster.Transfer;

/// <summary>Sends folders of a study as pieces.</summary>
/// <remarks>
/// A folder may be trained in meanwhile. Checkpoints go first and logs later, so that logs have all that the checkpoint says, and what they have beyond it is
/// cut off by whoever resumes. A file that vanishes ends the sending: it is tried again.
/// </remarks>
internal static class FolderSender
{
    private const int PieceBytes = 256 << 10;

    /// <summary>Sends the files of folders, and the end.</summary>
    /// <param name="root">Folder that names are relative to.</param>
    /// <param name="folders">Relative folders; those that do not exist have no files.</param>
    /// <param name="pieces">Where they go.</param>
    /// <param name="cancellationToken">Ends the sending.</param>
    /// <exception cref="IOException">A file cannot be read, or has vanished.</exception>
    public static async Task SendAsync(
        string root,
        IEnumerable<string> folders,
        IAsyncStreamWriter<Piece> pieces,
        CancellationToken cancellationToken
    )
    {
        int count = 0;
        foreach (string folder in folders)
        {
            foreach (string name in FilesOf(Path.Combine(root, folder)))
            {
                await SendFileAsync(
                        Path.Combine(root, folder),
                        name,
                        $"{folder.Replace(Path.DirectorySeparatorChar, '/')}/{name}",
                        pieces,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                count++;
            }
        }
        await pieces.WriteAsync(new Piece { End = new End { Files = count } }, cancellationToken).ConfigureAwait(false);
    }

    private static async Task SendFileAsync(
        string folder,
        string name,
        string fullName,
        IAsyncStreamWriter<Piece> pieces,
        CancellationToken cancellationToken
    )
    {
        using FileStream file = PlainFile.OpenIn(folder, name);
        long length = file.Length;
        await pieces
            .WriteAsync(
                new Piece
                {
                    File = new File { Name = fullName, Length = length },
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        for (long rest = length; rest > 0; )
        {
            byte[] buffer = new byte[Math.Min(rest, PieceBytes)];
            await file.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
            await pieces
                .WriteAsync(new Piece { Content = UnsafeByteOperations.UnsafeWrap(buffer) }, cancellationToken)
                .ConfigureAwait(false);
            rest -= buffer.Length;
        }
    }

    // Names with slashes, checkpoints first.
    private static string[] FilesOf(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }
        string checkpoints = Path.GetFileName(new RunFolder(folder).Checkpoints) + "/";
        return
        [
            .. Walk(folder)
                .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(name => name != RunFolder.LockName)
                .OrderBy(name => name.StartsWith(checkpoints, StringComparison.Ordinal) ? 0 : 1)
                .ThenBy(name => name, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string> Walk(string folder) =>
        Directory
            .EnumerateFiles(folder)
            .Concat(Directory.EnumerateDirectories(folder).Where(inner => !AtomicFolder.IsTemporary(inner)).SelectMany(Walk));
}

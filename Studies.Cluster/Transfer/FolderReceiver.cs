using Agents.Files;
using Protos.Foreign;

namespace Studies.Cluster.Transfer;

/// <summary>
/// Receives the folders that somebody sends into a fresh folder: only whole ones, only below it, only so many and so large ones. What arrived in part is
/// deleted.
/// </summary>
internal static class FolderReceiver
{
    /// <summary>Most files of one stream.</summary>
    public const int MostFiles = 10_000;

    /// <summary>Most bytes of one stream.</summary>
    public const long MostBytes = 16L << 30;

    private const int MostDepth = 16;

    /// <summary>Receives.</summary>
    /// <param name="pieces">What was sent, after the order.</param>
    /// <param name="allowed">Relative folders, with slashes, in which files may lie.</param>
    /// <param name="destination">A folder that does not exist yet.</param>
    /// <param name="cancellationToken">Ends the receiving.</param>
    /// <exception cref="InvalidDataException">The stream is none that an honest sender sends, or is not whole.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static async Task ReceiveAsync(
        IAsyncEnumerable<Piece> pieces,
        IReadOnlyCollection<string> allowed,
        string destination,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(destination);
        FileStream? file = null;
        try
        {
            int count = 0;
            long bytes = 0;
            long rest = 0;
            bool ended = false;
            await foreach (Piece piece in pieces.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                Require(!ended, "something follows its end");
                switch (piece.PartCase)
                {
                    case Piece.PartOneofCase.File:
                        Require(rest == 0, "a file is shorter than was said");
                        Require(++count <= MostFiles, $"it has more than {MostFiles} files");
                        rest = piece.File.Length;
                        Require(rest >= 0 && rest <= MostBytes - bytes, $"it has more than {MostBytes} bytes");
                        bytes += rest;
                        await CloseAsync(file).ConfigureAwait(false);
                        file = Create(destination, piece.File.Name, allowed);
                        break;
                    case Piece.PartOneofCase.Content:
                        Require(file is not null && piece.Content.Length <= rest, "a file is longer than was said");
                        await file!.WriteAsync(piece.Content.Memory, cancellationToken).ConfigureAwait(false);
                        rest -= piece.Content.Length;
                        break;
                    case Piece.PartOneofCase.End:
                        Require(rest == 0 && piece.End.Files == count, "files are missing");
                        ended = true;
                        break;
                    default:
                        throw Defective("a part of it is unknown");
                }
            }
            Require(ended, "its end is missing");
            await CloseAsync(file).ConfigureAwait(false);
            file = null;
        }
        catch
        {
            file?.Dispose();
            AtomicFolder.TryDelete(destination);
            throw;
        }
    }

    /// <summary>Whether a text names a folder below another, with slashes and without detours.</summary>
    public static bool IsPlainName(string name) =>
        name.Length <= 1_000
        && name.Split('/') is { Length: <= MostDepth } parts
        && Array.TrueForAll(parts, part => part is not ("" or "." or "..") && !part.AsSpan().ContainsAny("\0\\:\r\n"));

    private static FileStream Create(string destination, string name, IReadOnlyCollection<string> allowed)
    {
        Require(
            IsPlainName(name) && allowed.Any(folder => name.StartsWith(folder + "/", StringComparison.Ordinal)),
            $"'{ForeignText.Show(name)}' is no file of the folders that were asked for"
        );
        // Nobody but this receiver makes anything in the fresh folder, so that no part of the path is a link.
        string path = Path.Combine(destination, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
    }

    private static async Task CloseAsync(FileStream? file)
    {
        if (file is not null)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw Defective(otherwise);
        }
    }

    private static InvalidDataException Defective(string what) => new($"The sent folder is refused: {what}.");
}

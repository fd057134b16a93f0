using System.Runtime.InteropServices;
using System.Text;

namespace Protos.Foreign;

/// <summary>Reads files that others may have made: plain ones only, so that no pipe waits for ever and no device flows for ever.</summary>
/// <remarks>Pipes and devices are told apart on Linux; elsewhere only folders and links are.</remarks>
internal static partial class PlainFile
{
    private const int LongestName = 1_000;

    /// <summary>Opens a file for reading; links are followed, since the user named it.</summary>
    /// <exception cref="IOException">It is missing, or no plain file.</exception>
    public static FileStream Open(string path)
    {
        Require(path, followsLinks: true);
        return OpenRegular(path);
    }

    /// <summary>Opens a file of a folder that somebody else may have filled: it must lie in it, and be no link to another place.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">Relative to it, with slashes; it may come from a file of the folder.</param>
    /// <exception cref="IOException">The name leads elsewhere, or to no plain file.</exception>
    public static FileStream OpenIn(string folder, string name) => OpenRegular(PathIn(folder, name));

    /// <summary>The path of a plain file of a folder; see <see cref="OpenIn"/>.</summary>
    /// <exception cref="IOException">The name leads elsewhere, or to no plain file.</exception>
    public static string PathIn(string folder, string name)
    {
        string[] parts = name.Length <= LongestName ? name.Split('/') : [];
        if (
            parts.Length == 0
            || Array.Exists(parts, part => part is "" or "." or ".." || part.AsSpan().ContainsAny('\0', '\\', ':'))
        )
        {
            throw new IOException($"'{ForeignText.Show(name)}' names no file inside of its folder.");
        }
        string path = folder;
        foreach (string part in parts[..^1])
        {
            path = Path.Combine(path, part);
            if (new DirectoryInfo(path).LinkTarget is not null)
            {
                throw NotPlain(path, "a link");
            }
        }
        path = Path.Combine(path, parts[^1]);
        Require(path, followsLinks: false);
        return path;
    }

    /// <summary>The text of a file that the user named.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Size above which it is not read.</param>
    /// <exception cref="IOException">It is missing, no plain file, or larger.</exception>
    public static string ReadText(string path, int maxBytes)
    {
        using FileStream stream = Open(path);
        return ReadText(stream, maxBytes);
    }

    /// <summary>The text of a file of a folder that somebody else may have filled.</summary>
    /// <exception cref="IOException">The name leads elsewhere, or to no plain file, or it is larger than <paramref name="maxBytes"/>.</exception>
    public static string ReadTextIn(string folder, string name, int maxBytes)
    {
        using FileStream stream = OpenIn(folder, name);
        return ReadText(stream, maxBytes);
    }

    /// <summary>Refuses a folder in which links or special files lie: what is written through them would land elsewhere.</summary>
    /// <exception cref="IOException">There is one; the message names it.</exception>
    public static void RequirePlainTree(string folder)
    {
        var all = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = 0,
            IgnoreInaccessible = false,
        };
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", all))
        {
            if (entry.LinkTarget is not null)
            {
                throw NotPlain(entry.FullName, "a link");
            }
            if (entry is FileInfo)
            {
                Require(entry.FullName, followsLinks: false);
            }
        }
    }

    private static string ReadText(FileStream stream, int maxBytes)
    {
        if (stream.Length > maxBytes)
        {
            throw new IOException($"'{stream.Name}' has {stream.Length} bytes; at most {maxBytes} are read.");
        }
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        return reader.ReadToEnd();
    }

    private static FileStream OpenRegular(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (DiskFailure.IsOne(exception))
        {
            throw DiskFailure.Unreadable(path, exception);
        }
    }

    private static void Require(string path, bool followsLinks)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new IOException($"'{ForeignText.Show(path)}' names no file.");
        }
        if (!followsLinks && new FileInfo(path).LinkTarget is not null)
        {
            throw NotPlain(path, "a link");
        }
        if (Directory.Exists(path))
        {
            throw NotPlain(path, "a folder");
        }
        if (OperatingSystem.IsLinux() && SpecialKind(path) is { } kind)
        {
            throw NotPlain(path, kind);
        }
    }

    private static IOException NotPlain(string path, string what) =>
        new($"'{ForeignText.Show(path)}' is {what}, not a plain file. Put a copy of what is meant in its place.");

    /// <summary>What a path is where it is no plain file; null where it is one, or missing, which opening it tells.</summary>
    private static string? SpecialKind(string path)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        if (GetStatus(CurrentFolder, Path.GetFullPath(path), 0, TypeMask, ref MemoryMarshal.GetReference(status)) != 0)
        {
            return null;
        }
        return (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & 0xf000) switch
        {
            0x8000 => null,
            0x1000 => "a pipe",
            0xc000 => "a socket",
            _ => "a device",
        };
    }

    // struct statx has one layout on every processor, which struct stat has not.
    private const int StatusSize = 256;
    private const int ModeOffset = 28;
    private const int CurrentFolder = -100;
    private const uint TypeMask = 1;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint mask, ref byte status);
}

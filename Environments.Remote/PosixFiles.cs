using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Environments.Remote;

/// <summary>Opening files of which another process chose the name.</summary>
internal static partial class PosixFiles
{
    private const int NonBlocking = 0x800; // a pipe would otherwise wait for its other end
    private const int CloseOnExecution = 0x80000;

    // These two differ between processors.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;
    private static readonly int NoLinks = IsArm ? 0x8000 : 0x20000;
    private static readonly int OnlyFolders = IsArm ? 0x4000 : 0x10000;

    /// <summary>Opens a file for reading without following links, neither the folder's nor the file's. Linux only.</summary>
    /// <returns>The file; null where it cannot be opened.</returns>
    public static SafeFileHandle? OpenToRead(string folder, string name)
    {
        int parent = Open(folder, NoLinks | OnlyFolders | CloseOnExecution);
        if (parent < 0)
        {
            return null;
        }
        using var folderHandle = new SafeFileHandle(parent, ownsHandle: true);
        int file = OpenAt(parent, name, NoLinks | NonBlocking | CloseOnExecution);
        return file < 0 ? null : new SafeFileHandle(file, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "openat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(int folder, string name, int flags);
}

using System.Runtime.InteropServices;

namespace Chaos.Processes;

/// <summary>Pipes with a name, at which whoever opens them waits.</summary>
internal static partial class NamedPipe
{
    private const uint OwnerOnly = 0x180; // rw-------

    /// <summary>Makes one.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void Make(string path)
    {
        if (MakeFifo(path, OwnerOnly) != 0)
        {
            throw new IOException($"The pipe '{path}' cannot be made (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
}

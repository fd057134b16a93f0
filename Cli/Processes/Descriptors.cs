using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Cli.Processes;

/// <summary>What the operating system gave this process to open files with. Uses nothing but the runtime's own assembly, since others may not be loadable.</summary>
internal static unsafe partial class Descriptors
{
    /// <summary>Standard output.</summary>
    public const int Output = 1;

    /// <summary>Standard error.</summary>
    public const int Error = 2;

    // The runtime keeps every assembly open; training needs some 110, a learner with its ports 200.
    private const ulong Fewest = 256;

    private const int FilesResource = 7;
    private const int GetFlags = 3;
    private const int AccessMode = 3;

    /// <summary>What is missing, and how to get it; null where all is there. Known on Linux.</summary>
    public static string? Lack
    {
        get
        {
            ulong* limit = stackalloc ulong[2]; // struct rlimit: soft, hard
            return OperatingSystem.IsLinux() && GetLimit(FilesResource, limit) == 0 && limit[0] < Fewest
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"this process may open {limit[0]} files at once, and needs {Fewest} or more. Raise the limit, for example with 'ulimit -n 1024'."
                )
                : null;
        }
    }

    /// <summary>Whether something is behind a descriptor that was given for writing. Where it was closed, the runtime's own files may have its number.</summary>
    public static bool IsWritable(int descriptor)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }
        int flags = Control(descriptor, GetFlags, 0);
        return flags >= 0 && (flags & AccessMode) != 0;
    }

    /// <summary>Writes a line to standard error; where that cannot be written it is dropped.</summary>
    public static void Say(string line)
    {
        if (OperatingSystem.IsWindows())
        {
            Console.Error.WriteLine(line);
            return;
        }
        byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
        fixed (byte* start = bytes)
        {
            _ = WriteTo(Error, start, bytes.Length);
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limit);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint WriteTo(int descriptor, byte* bytes, nint count);
}

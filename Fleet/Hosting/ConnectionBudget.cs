using System.Runtime.InteropServices;

namespace Fleet.Hosting;

/// <summary>How many connections a server may hold at once.</summary>
/// <remarks>
/// Every connection is a file descriptor, and a process that has used its descriptors up cannot load code or save a checkpoint any more: .NET
/// ends it with "Out of memory". Whoever can reach the port must not get that far.
/// </remarks>
internal static partial class ConnectionBudget
{
    private const int Most = 10_000;
    private const int Fewest = 4;

    // Assemblies that are loaded later, checkpoints, journals, the pipes of environments.
    private const long SmallestReserve = 64;

    /// <summary>Connections that each of a number of ports may hold, by what this process may open and has open now.</summary>
    /// <exception cref="IOException">There is no room for any.</exception>
    public static int PerPort(int ports) =>
        OperatingSystem.IsWindows() ? Most : PerPort(ports, Limit(), Directory.EnumerateFileSystemEntries("/dev/fd").Count());

    /// <summary>The same for given numbers.</summary>
    /// <param name="ports">Ports that share what is left, at least 1: strangers at one must not shut out the clients of another.</param>
    /// <param name="limit">Descriptors that the process may open.</param>
    /// <param name="open">Descriptors that it has open.</param>
    public static int PerPort(int ports, long limit, long open)
    {
        long room = (limit - open - Math.Max(SmallestReserve, limit / 8)) / ports;
        return room >= Fewest
            ? (int)Math.Min(room, Most)
            : throw new IOException(
                $"This process may open only {limit} files and has {open} open, which leaves no room for connections. Raise the limit, such as with 'ulimit -n 4096'."
            );
    }

    /// <summary>Descriptors that this process may open.</summary>
    public static long Limit()
    {
        Span<ulong> limit = [0, 0]; // struct rlimit: soft, hard
        int resource = OperatingSystem.IsMacOS() ? 8 : 7; // RLIMIT_NOFILE
        return GetLimit(resource, ref limit[0]) == 0 ? (long)Math.Min(limit[0], int.MaxValue) : 1_024;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ref ulong limit);
}

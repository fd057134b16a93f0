using System.Runtime.InteropServices;

namespace Cli.Processes;

/// <summary>Processor time of the processes that this one has started and waited for.</summary>
internal static partial class ChildProcesses
{
    private const int Children = -1;

    /// <summary>Processor seconds, user and system, of all ended children so far.</summary>
    /// <exception cref="NotSupportedException">The system is neither Linux nor macOS.</exception>
    public static double CpuSeconds
    {
        get
        {
            if (OperatingSystem.IsWindows())
            {
                throw new NotSupportedException("Processor time of other processes is measured on Linux and macOS only.");
            }
            Span<long> usage = stackalloc long[18]; // struct rusage begins with two struct timeval: user, then system
            GetUsage(Children, ref usage[0]);
            return usage[0] + usage[2] + (Microseconds(usage[1]) + Microseconds(usage[3])) / 1e6;
        }
    }

    // macOS keeps microseconds in 32 bits.
    private static long Microseconds(long value) => value & 0xffffffff;

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, ref long usage);
}

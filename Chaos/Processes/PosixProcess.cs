using System.Globalization;
using System.Runtime.InteropServices;
using Environments.Processes;

namespace Chaos.Processes;

/// <summary>What campaigns do to processes: signals, limits, a look at their memory. Linux only.</summary>
internal static partial class PosixProcess
{
    public const int Kill = ChildProcess.KillSignal;
    public const int Terminate = ChildProcess.TerminateSignal;
    public const int Continue = 18;
    public const int Stop = 19;

    private const int FileSizeResource = 1;
    private const ulong Unlimited = ulong.MaxValue;

    /// <summary>Refuses systems where none of this works.</summary>
    /// <exception cref="NotSupportedException">The system is not Linux.</exception>
    public static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NotSupportedException("Fault campaigns stop, limit and watch processes as Linux does; run them there.");
        }
    }

    /// <summary>Sends a signal; a process that is gone is left alone.</summary>
    public static void Signal(int process, int signal) => ChildProcess.Signal(process, signal);

    /// <summary>Limits how far a process may write into a file, which looks to it like a full disk.</summary>
    /// <param name="process">Whose files.</param>
    /// <param name="bytes">Size beyond which writing fails; null for no limit.</param>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void LimitFileSize(int process, ulong? bytes)
    {
        Span<ulong> limit = [bytes ?? Unlimited, Unlimited]; // struct rlimit: soft, hard
        if (SetLimit(process, FileSizeResource, ref limit[0], IntPtr.Zero) != 0)
        {
            throw new IOException(
                $"The file size of process {process} cannot be limited (error {Marshal.GetLastPInvokeError()})."
            );
        }
    }

    /// <summary>Resident memory of a process in bytes; 0 when it is gone.</summary>
    public static long ResidentBytes(int process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process}/status")
                .First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            return 1_024
                * long.Parse(line.AsSpan(6, line.Length - 6 - 2).Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    private static partial int SetLimit(int process, int resource, ref ulong limit, IntPtr old);
}

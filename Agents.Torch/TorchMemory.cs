using System.Runtime.InteropServices;

namespace Agents.Torch;

/// <summary>Lets the C library keep the memory of freed tensors for the next ones.</summary>
/// <remarks>
/// By default glibc gives large blocks back to the system at once, and each update touches them anew, page by page, which took most of its
/// time. See <c>mallopt(3)</c>. Elsewhere nothing is changed.
/// </remarks>
internal static partial class TorchMemory
{
    // Of malloc.h; the first is the largest that glibc accepts.
    private const int MapThreshold = -3;
    private const int TrimThreshold = -1;
    private const int LargestMapThreshold = 32 << 20;
    private const int Kept = 1 << 30;

    /// <summary>Keeps up to a gigabyte of freed memory.</summary>
    public static void Keep()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        try
        {
            _ = SetOption(MapThreshold, LargestMapThreshold);
            _ = SetOption(TrimThreshold, Kept);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, such as musl, which has no such options.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}

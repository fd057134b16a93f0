using System.ComponentModel;
using System.Diagnostics;

namespace Page.Control;

/// <summary>What tells a process from a later one with the same number.</summary>
internal static class RunningProcess
{
    /// <summary>When a process of this machine was started; null where there is none, or one that may not be looked at.</summary>
    public static DateTime? StartOf(int number)
    {
        try
        {
            using var process = Process.GetProcessById(number);
            return process.StartTime;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Environments.Processes;

/// <summary>Ends of child processes, none of which is waited for without a limit.</summary>
/// <remarks>
/// <see cref="Process.WaitForExit()"/> without a time also waits until the child's output is closed, which whatever the child started may
/// hold open for ever; so nothing here uses it.
/// </remarks>
internal static partial class ChildProcess
{
    /// <summary>The signal that ends a process without asking it.</summary>
    public const int KillSignal = 9;

    /// <summary>The signal that asks a process to end.</summary>
    public const int TerminateSignal = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Sends a signal on Linux and macOS; whoever is gone is left alone.</summary>
    /// <param name="process">Number of a process; negative for the group that the process leads.</param>
    /// <param name="signal">Number of the signal.</param>
    public static void Signal(int process, int signal) => _ = SendSignal(process, signal);

    /// <summary>Kills a child with all that it started, and waits a moment for its end.</summary>
    /// <param name="process">The child; it may have ended already.</param>
    /// <param name="leadsGroup">Whether it leads a group of processes, which then ends with it even where the child has ended before.</param>
    public static void Kill(Process process, bool leadsGroup = false)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself.
        }
        if (leadsGroup && !OperatingSystem.IsWindows())
        {
            Signal(-process.Id, KillSignal);
        }
        process.WaitForExit(Patience);
    }

    /// <summary>Reads all that a child says and waits for its end; a child that takes too long is killed.</summary>
    /// <param name="process">The child, whose output and errors are redirected.</param>
    /// <param name="limit">Time that it may take.</param>
    /// <returns>What it said; null where it took too long.</returns>
    public static (string Output, string Errors)? Finish(Process process, TimeSpan limit)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        bool inTime = process.WaitForExit(limit);
        if (!inTime)
        {
            Kill(process);
            return null;
        }
        return (Said(output), Said(errors));
    }

    /// <summary>What a child that has ended said; without the end of it where another process keeps its output open.</summary>
    public static string Said(Task<string> text)
    {
        try
        {
            return text.Wait(Patience) ? text.Result : "";
        }
        catch (AggregateException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}

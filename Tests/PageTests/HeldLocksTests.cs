using System.Diagnostics;
using Agents.Files;
using Environments.Processes;
using Page.Runs;
using Tests.Waits;
using Xunit;

namespace Tests.PageTests;

/// <summary>Who holds runs, by the system's list. Processes of util-linux hold the locks.</summary>
public sealed class HeldLocksTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            ChildProcess.Kill(process);
            process.Dispose();
        }
        _folder.Dispose();
    }

    [Theory]
    [InlineData("run.lock")]
    [InlineData("study.lock")]
    public async Task HolderOf_LockThatAnotherProcessHolds_IsThatProcess(string name)
    {
        Process holder = Start("/usr/bin/flock", "-F", _folder.In(name), "sleep", "1000");

        await Deadline.UntilAsync(() => HeldLocks.Read().HolderOf(_folder.In(name)) == holder.Id);

        Assert.Equal(0, HeldLocks.Read().HolderOf(_folder.In("other", name)));
        await EndAsync(holder);
        Assert.Equal(0, HeldLocks.Read().HolderOf(_folder.In(name)));
    }

    [Fact]
    public void HolderOf_LockThatNobodyHolds_IsNone()
    {
        File.WriteAllText(_folder.In("run.lock"), "");

        Assert.Equal(0, HeldLocks.Read().HolderOf(_folder.In("run.lock")));
        Assert.Equal(0, HeldLocks.Read().HolderOf(_folder.In("missing.lock")));
    }

    [Fact]
    public void HolderOf_LockOfThisProcess_IsNoneSinceItWouldStopItself()
    {
        using FileStream? held = FileLock.TryHold(_folder.In("run.lock"));

        Assert.NotNull(held);
        Assert.Equal(0, HeldLocks.Read().HolderOf(_folder.In("run.lock")));
    }

    private Process Start(string program, params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments))!;
        _processes.Add(process);
        return process;
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync().InTime();
    }
}

using System.Globalization;
using Environments;
using Environments.Remote;
using Tests.Waits;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

/// <summary>Ends of the process that steps environments, and of all that environments start there.</summary>
public sealed class BridgeProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    [ShortTime("The server hangs or is dead, however long one waits.")]
    public async Task Step_TheServerHangsOrDiesAndLeavesAProcessThatHoldsItsOutput_IsReplacedAndNothingIsLeft(string dies)
    {
        string file = _folder.In("left");
        using RemoteEnvironment environment = Make($"LeavesBehind?timeout=10&dies={dies}&file={file}");
        environment.Reset(0);
        await Task.Run(() => environment.Step([0]), TestContext.Current.CancellationToken).InTime();

        Assert.Equal(1, environment.Restarts);
        Assert.Equal([true], environment.Truncated);
        await AllEndAsync(file);
    }

    [Fact]
    public async Task Interrupt_AStepHangs_IsLeftAfterAMomentAndItsProcessEnded()
    {
        string file = _folder.In("left");
        using RemoteEnvironment environment = Make($"LeavesBehind?timeout=3000&file={file}");
        environment.Reset(0);
        var warnings = new List<string>();
        environment.Warn = warnings.Add;
        Task step = Task.Run(() => environment.Step([0]), TestContext.Current.CancellationToken);
        await Deadline.UntilAsync(() => File.Exists(file));
        environment.Interrupt();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => step.InTime());
        Assert.Empty(warnings); // nothing was replaced
        await AllEndAsync(file);
    }

    [Fact]
    public void Step_AfterAnInterruptInTime_GoesOn()
    {
        using RemoteEnvironment environment = PythonCases.Make("CartPole");
        environment.Reset(0);
        environment.Interrupt();
        environment.Step([1]);

        Assert.Equal([1f], environment.Rewards);
    }

    [Fact]
    public void Create_AFolderWithRoom_IsBelowIt()
    {
        string folder = SocketFolder.Create(_folder.Path);

        Assert.Equal(_folder.Path, Path.GetDirectoryName(folder));
        Assert.True(Directory.Exists(folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Create_AFolderThatIsTooLongOrMissing_IsBelowTheFallback(bool isLong)
    {
        string temporary = _folder.In(new string('x', isLong ? 108 : 8));
        if (isLong)
        {
            Directory.CreateDirectory(temporary);
        }
        string folder = SocketFolder.Create(temporary, _folder.Path);

        Assert.Equal(_folder.Path, Path.GetDirectoryName(folder));
    }

    [Fact]
    public void Create_NoFolderWillDo_NamesTheVariable()
    {
        IOException exception = Assert.Throws<IOException>(() =>
            SocketFolder.Create("/nowhere/at/all", "/nowhere/" + new string('x', 108))
        );

        Assert.Contains("/nowhere/at/all does not exist", exception.Message);
        Assert.Contains("too long for a socket's path", exception.Message);
        Assert.Contains("TMPDIR", exception.Message);
    }

    private static RemoteEnvironment Make(string name)
    {
        _ = PythonCases.Folder; // puts it on Python's path
        return (RemoteEnvironment)EnvironmentRegistry.Default.Make($"gym:odd_cases:{name}");
    }

    /// <summary>Waits until the processes whose numbers are in a file are no more.</summary>
    private static async Task AllEndAsync(string file)
    {
        foreach (string number in File.ReadAllText(file).Split(' '))
        {
            int id = int.Parse(number, CultureInfo.InvariantCulture);
            await Deadline.UntilAsync(() => !IsAlive(id));
        }
    }

    private static bool IsAlive(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1][0] != 'Z'; // a dead one may wait for whoever adopted it
        }
        catch (IOException)
        {
            return false;
        }
    }
}

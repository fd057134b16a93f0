using System.Threading.Channels;
using Page.Runs;
using Page.Serving;
using Tests.LearnerTests.Metrics;
using Tests.Waits;
using Xunit;

namespace Tests.PageTests;

/// <summary>When the folder of all runs is looked at, and who is told; a clock that the test moves.</summary>
[ShortTime("It passes on a clock that the tests move.")]
public sealed class RunWatchTests : IDisposable
{
    private static readonly TimeSpan s_interval = new PageOptions { Folder = "", Token = "" }.Interval;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _clock = new();
    private readonly RunWatch _watch;

    public RunWatchTests() => _watch = new RunWatch(new RunCatalog(_folder.Path), s_interval, _clock, Assert.Fail);

    public void Dispose()
    {
        _watch.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Watch_NewRun_IsToldTwoSecondsAfterTheLookBefore()
    {
        ChannelReader<RunChanges> changes = _watch.Watch()!;
        Write("first");
        _watch.Start();
        Assert.Equal("first", await NextAsync(changes));

        foreach (string name in (string[])["second", "third"])
        {
            Write(name);
            _clock.Pass(TimeSpan.FromTicks(2 * TimeSpan.TicksPerSecond - 1));
            await _watch.RefreshAsync();
            Assert.False(changes.TryRead(out _));

            _clock.Pass(TimeSpan.FromTicks(1));

            Assert.Equal(name, await NextAsync(changes));
        }
    }

    [Fact]
    public async Task Refresh_LookThatIsOlderThanTwoSeconds_IsRepeatedThoughNobodyWatches()
    {
        await _watch.RefreshAsync();
        ChannelReader<RunChanges> changes = _watch.Watch()!;
        Write("first");
        await _watch.RefreshAsync();
        Assert.False(changes.TryRead(out _));

        _clock.Pass(s_interval);
        await _watch.RefreshAsync();

        Assert.True(changes.TryRead(out _));
    }

    [Fact]
    public async Task Watch_ReaderThatIsTooSlow_IsLeftBehindWhileTheOthersAreTold()
    {
        ChannelReader<RunChanges> slow = _watch.Watch()!;
        ChannelReader<RunChanges> quick = _watch.Watch()!;

        for (int i = 0; i <= RunWatch.MostWaiting + 1; i++)
        {
            Write($"run-{i}");
            _clock.Pass(s_interval);
            await _watch.RefreshAsync();
            Assert.True(quick.TryRead(out RunChanges? change));
            Assert.Equal($"run-{i}", Assert.Single(change.Changed).Name);
        }

        for (int i = 0; i < RunWatch.MostWaiting; i++)
        {
            Assert.True(slow.TryRead(out _));
        }
        Assert.True(slow.Completion.IsCompletedSuccessfully); // so that it begins anew
        Assert.False(quick.Completion.IsCompleted);
    }

    private void Write(string name) => RunFolders.Write(_folder.Path, name, 1, 3, interrupted: false);

    private static async Task<string> NextAsync(ChannelReader<RunChanges> changes) =>
        Assert.Single((await changes.ReadAsync().AsTask().InTime()).Changed).Name;
}

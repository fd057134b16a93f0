using Learners.Metrics;
using Xunit;

namespace Tests.LearnerTests.Metrics;

public sealed class TensorBoardWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_SeveralMoments_AnIndependentReaderFindsThemAll()
    {
        string longTag = new('x', 300); // its length needs two bytes
        using (var writer = new TensorBoardWriter(_folder.Path, _clock))
        {
            writer.Write(0, [new Metric("charts/episodic_return", -1.5)]);
            _clock.Now += TimeSpan.FromSeconds(1.5);
            writer.Write(
                128,
                [new Metric("losses/policy_loss", 0.1), new Metric("charts/épreuve", 0), new Metric(longTag, 1e-30)]
            );
            writer.Write(
                5_000_000_000,
                [new Metric("a", double.NaN), new Metric("b", double.PositiveInfinity), new Metric("c", 1e300)]
            );
            writer.Write(5_000_000_001, []);
        }

        List<EventFile.Entry> entries = EventFile.Read(Assert.Single(Files()));

        Assert.Equal(5, entries.Count);
        Assert.Equal("brain.Event:2", entries[0].FileVersion);
        Assert.Empty(entries[0].Scalars);
        Assert.All(entries.Skip(1), entry => Assert.Null(entry.FileVersion));
        Assert.Equal([0, 0, 128, 5_000_000_000, 5_000_000_001], entries.Select(entry => entry.Step));
        Assert.Equal([1_700_000_000.25, 1_700_000_000.25, 1_700_000_001.75], entries.Take(3).Select(entry => entry.WallTime));
        Assert.Equal([("charts/episodic_return", -1.5f)], entries[1].Scalars);
        Assert.Equal([("losses/policy_loss", 0.1f), ("charts/épreuve", 0), (longTag, 1e-30f)], entries[2].Scalars);
        Assert.Equal([("a", float.NaN), ("b", float.PositiveInfinity), ("c", float.PositiveInfinity)], entries[3].Scalars);
        Assert.Empty(entries[4].Scalars);
    }

    [Fact]
    public void Constructor_NewFile_IsFoundByTensorBoardAndDoesNotNameTheComputer()
    {
        using var writer = new TensorBoardWriter(_folder.Path, _clock);

        string name = Path.GetFileName(Assert.Single(Files()));

        Assert.Equal("events.out.tfevents.1700000000.agents", name);
        Assert.DoesNotContain(Environment.MachineName, name, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Constructor_TwoWritersInTheSameSecond_WriteFilesOfTheirOwn()
    {
        using (var first = new TensorBoardWriter(_folder.Path, _clock))
        using (var second = new TensorBoardWriter(_folder.Path, _clock))
        {
            first.Write(1, [new Metric("a", 1)]);
            second.Write(2, [new Metric("a", 2)]);
            first.Write(3, [new Metric("a", 3)]);
        }

        Assert.Equal(
            [
                [0, 1, 3],
                [0, 2],
            ],
            Files().Select(file => EventFile.Read(file).Select(entry => entry.Step).ToArray())
        );
    }

    [Fact]
    public void Flush_WhileOpen_PutsEverythingIntoTheFile()
    {
        using var writer = new TensorBoardWriter(_folder.Path, _clock);
        writer.Write(1, [new Metric("a", 1)]);

        writer.Flush();

        Assert.Equal(2, EventFile.Read(Assert.Single(Files())).Count);
    }

    [Fact]
    public void Write_TenSecondsAfterTheLastFlush_FlushesByItself()
    {
        using var writer = new TensorBoardWriter(_folder.Path, _clock);
        _clock.Now += TimeSpan.FromSeconds(9);
        writer.Write(1, [new Metric("a", 1)]);
        Assert.Empty(EventFile.Read(Assert.Single(Files())));

        _clock.Now += TimeSpan.FromSeconds(1);
        writer.Write(2, [new Metric("a", 2)]);

        Assert.Equal(3, EventFile.Read(Assert.Single(Files())).Count);
    }

    private string[] Files() => [.. Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal)];
}

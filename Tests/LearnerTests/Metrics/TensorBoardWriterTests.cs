using Learners.Metrics;
using Xunit;

namespace Tests.LearnerTests.Metrics;

public sealed class TensorBoardWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metrics").FullName;
    private readonly ManualTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_ManyScalars_AreReadBackByAnIndependentReader()
    {
        string path;
        using (var writer = new TensorBoardWriter(_folder, _time))
        {
            path = writer.FilePath;
            writer.Write(0, new Metric("loss/policy", 0), new Metric("return", -0.0));
            _time.Now += TimeSpan.FromSeconds(1.5);
            writer.Write(5_000_000_000, new Metric("loss/policy", 0.1), new Metric("Rückgabe", double.NaN));
            writer.Write(5_000_000_001, new Metric("loss/value", double.NegativeInfinity));
        }

        List<EventRecord> records = EventFile.Read(path);

        Assert.Equal(4, records.Count);
        Assert.Equal(("brain.Event:2", 0L, 1_700_000_000.25), (records[0].FileVersion, records[0].Step, records[0].WallTime));
        Assert.Equal([("loss/policy", 0f), ("return", -0f)], records[1].Scalars);
        Assert.Equal((5_000_000_000, 1_700_000_001.75), (records[2].Step, records[2].WallTime));
        Assert.Equal([("loss/policy", 0.1f), ("Rückgabe", float.NaN)], records[2].Scalars);
        Assert.Equal([("loss/value", float.NegativeInfinity)], records[3].Scalars);
        Assert.All(records.Skip(1), record => Assert.Null(record.FileVersion));
        Assert.All(records, record => Assert.Null(record.SessionStatus));
    }

    [Fact]
    public void Write_MoreThanTheBufferHolds_KeepsEveryRecordWhole()
    {
        string path;
        using (var writer = new TensorBoardWriter(_folder, _time))
        {
            path = writer.FilePath;
            for (int step = 0; step < 200; step++)
            {
                writer.Write(step, [.. Enumerable.Range(0, step).Select(i => new Metric($"group/{i}", i * 0.5))]);
            }
        }

        List<EventRecord> records = EventFile.Read(path);

        Assert.Equal(200, records.Count); // the version, and no record for step 0, which had no metrics
        Assert.All(records.Skip(1), record => Assert.Equal(record.Step, record.Scalars.Length));
        Assert.Equal(("group/198", 99f), records[^1].Scalars[^1]);
    }

    [Fact]
    public void Write_BeforeTenSeconds_StaysInTheBufferUntilFlushed()
    {
        using var writer = new TensorBoardWriter(_folder, _time);
        _time.Now += TimeSpan.FromSeconds(9.9);
        writer.Write(1, new Metric("return", 1));
        Assert.Single(EventFile.Read(writer.FilePath));

        writer.Flush();

        Assert.Equal(2, EventFile.Read(writer.FilePath).Count);
    }

    [Fact]
    public void Write_TenSecondsAfterTheLastFlush_Flushes()
    {
        using var writer = new TensorBoardWriter(_folder, _time);
        writer.Write(1, new Metric("return", 1));
        _time.Now += TimeSpan.FromSeconds(10);
        writer.Write(2, new Metric("return", 2));
        Assert.Equal(3, EventFile.Read(writer.FilePath).Count);

        _time.Now += TimeSpan.FromSeconds(9);
        writer.Write(3, new Metric("return", 3));

        Assert.Equal(3, EventFile.Read(writer.FilePath).Count);
    }

    [Fact]
    public void Constructor_SameSecondTwice_OpensASecondFileWithoutHostName()
    {
        using var first = new TensorBoardWriter(_folder, _time);
        using var second = new TensorBoardWriter(_folder, _time);

        Assert.Equal("events.out.tfevents.1700000000.agents.0", Path.GetFileName(first.FilePath));
        Assert.Equal("events.out.tfevents.1700000000.agents.1", Path.GetFileName(second.FilePath));
    }

    [Fact]
    public void Constructor_Resuming_MarksFromWhereEarlierPointsAreForgotten()
    {
        using var writer = new TensorBoardWriter(_folder, _time, resumeAfterSteps: 2048);

        List<EventRecord> records = EventFile.Read(writer.FilePath);

        Assert.Equal("brain.Event:2", records[0].FileVersion);
        Assert.Equal((2049L, 1), (records[1].Step, records[1].SessionStatus));
        Assert.Equal(2, records.Count);
    }

    [Fact]
    public void Constructor_MissingFolder_IsMade()
    {
        using var writer = new TensorBoardWriter(Path.Combine(_folder, "a", "b"), _time);
        Assert.True(File.Exists(writer.FilePath));
    }

    [Fact]
    public void Constructor_FileInPlaceOfTheFolder_ThrowsTheFileSystemsException()
    {
        string path = Path.Combine(_folder, "taken");
        File.WriteAllText(path, "");
        Assert.Throws<IOException>(() => new TensorBoardWriter(path, _time));
    }

    [Fact]
    public void Write_AfterDispose_Throws()
    {
        var writer = new TensorBoardWriter(_folder, _time);
        writer.Dispose();
        writer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => writer.Write(1, new Metric("return", 1)));
    }

    [Fact]
    public void Write_NegativeSteps_Throws()
    {
        using var writer = new TensorBoardWriter(_folder, _time);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write(-1, new Metric("return", 1)));
    }
}

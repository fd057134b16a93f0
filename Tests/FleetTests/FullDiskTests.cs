using Actors;
using Environments;
using Fleet.Admission;
using Fleet.Journal;
using Learners.Composition;
using Learners.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Protos;
using Tests.LearnerTests.Metrics;
using Xunit;

namespace Tests.FleetTests;

/// <summary>What a ledger and a journal do while the disk is full, and afterwards.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private bool _isFull;

    public void Dispose() => _folder.Dispose();

    private UnrollJournal Journal(TimeProvider clock) =>
        new(_folder.In("journal"), keepAll: false, keptCheckpoints: 3, clock, NullLogger.Instance)
        {
            WriteBytes = (file, bytes) =>
            {
                if (_isFull)
                {
                    throw new IOException("No space left on device");
                }
                file.Write(bytes.Span);
            },
        };

    private static Unroll UnrollOf(long number)
    {
        TrainingSettings settings = SettingsSources.Load("CartPole-v1", "impala", null, []);
        using EnvironmentPipeline pipeline = EnvironmentPipeline.ForTraining(
            EnvironmentRegistry.Default.Make("CartPole-v1"),
            settings.Wrappers,
            settings.Agent.DiscountFactor
        );
        UnrollShape shape = pipeline.ShapeFor(pipeline.NetworkFor(settings.Network), settings.Agent.UnrollLength);
        return new Unroll(shape) { Header = new UnrollHeader("a", 1, number, 0, "CartPole-v1") };
    }

    // As the hub does it: oldest first.
    private static void Take(Ledger ledger, UnrollJournal journal, long number)
    {
        ledger.Accept(number, journal.Segment, UnrollOf(number));
        while (ledger.OldestUnsafe is { } waiting && journal.TryAppend(waiting) is { } segment)
        {
            ledger.Keep(segment);
        }
    }

    private long[] Numbers() =>
        [.. JournalReader.ReadAll(_folder.In("journal"), (_, _) => { }).Select(entry => entry.Header.SequenceNumber)];

    [Fact]
    public void Append_AfterAFullDisk_FirstWritesWhatWasLeftOut()
    {
        var clock = new ManualTime();
        using UnrollJournal journal = Journal(clock);
        var ledger = new Ledger();
        Take(ledger, journal, 0);
        _isFull = true;
        Take(ledger, journal, 1);
        Take(ledger, journal, 2);
        Assert.Equal(1, ledger.NextSafe);

        _isFull = false;
        clock.Now += TimeSpan.FromSeconds(2);
        Take(ledger, journal, 3);

        Assert.Equal(4, ledger.NextSafe);
        Assert.Equal([0, 1, 2, 3], Numbers());
    }

    [Fact]
    public void Append_AfterAFullDiskAndALesson_LeavesOutWhatWasLearnedFrom()
    {
        var clock = new ManualTime();
        using UnrollJournal journal = Journal(clock);
        var ledger = new Ledger();
        _isFull = true;
        Take(ledger, journal, 0);
        Take(ledger, journal, 1);
        ledger.Settle(0);
        Assert.Equal(1, ledger.NextSafe);

        _isFull = false;
        clock.Now += TimeSpan.FromSeconds(2);
        Take(ledger, journal, 2);

        Assert.Equal(3, ledger.NextSafe);
        Assert.Equal([1, 2], Numbers());
    }

    [Fact]
    public void BeginSegment_UnrollTakenInMeanwhile_StaysNeeded()
    {
        using UnrollJournal journal = Journal(new ManualTime());
        var ledger = new Ledger();
        Take(ledger, journal, 0);
        ledger.Settle(0);

        journal.BeginSegment();
        Take(ledger, journal, 1); // arrives while the state is being put together
        long itsSegment = journal.Segment;
        long needed = journal.Need(ledger.OldestSegment);

        Assert.True(needed <= itsSegment, $"segment {itsSegment} holds the unroll, but a resumed run would read from {needed}");
    }
}

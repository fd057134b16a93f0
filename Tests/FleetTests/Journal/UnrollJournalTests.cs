using Fleet.Journal;
using Protos;
using Protos.Fleet;
using Tests.LearnerTests.Metrics;
using Tests.ProtoTests;
using Tests.ProtoTests.Fleet;
using Xunit;

namespace Tests.FleetTests.Journal;

public sealed class UnrollJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _damages = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryAppend_Unrolls_AreReadBackInOrderWithTheirHeaders()
    {
        var clock = new ManualTime();
        using UnrollJournal journal = FleetParts.Journal(_folder.Path, clock: clock);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(1, journal.TryAppend(Unroll(i)));
        }

        JournalEntry[] entries = [.. Read(copyMessages: true)];

        Assert.Empty(_damages);
        Assert.Equal([0, 1, 2, 3, 4], entries.Select(entry => entry.Header.SequenceNumber));
        Assert.All(
            entries,
            entry =>
                Assert.Equal(
                    ("a", 3L, "CartPole-v1"),
                    (entry.Header.ActorId, entry.Header.Incarnation, entry.Header.EnvironmentId)
                )
        );
        Assert.Equal(clock.Now.ToUnixTimeMilliseconds(), entries[0].Received.ToUnixTimeMilliseconds());
        Unrolls.AssertSame(Unroll(4), UnrollReader.Read(new(entries[4].Message), Wire.OpenPool(), out _)!);
    }

    [Fact]
    public void BeginSegment_AfterRecords_OpensAnotherFile()
    {
        using (UnrollJournal journal = FleetParts.Journal(_folder.Path))
        {
            journal.TryAppend(Unroll(0));
            journal.BeginSegment();
            journal.BeginSegment(); // nothing in between: no empty file
            Assert.Equal(2, journal.TryAppend(Unroll(1)));
        }
        using UnrollJournal next = FleetParts.Journal(_folder.Path);
        Assert.Equal(3, next.TryAppend(Unroll(2)));

        Assert.Equal([1, 2, 3], JournalReader.List(_folder.Path).Select(entry => entry.Number));
        Assert.Equal([(0, 1), (1, 2), (2, 3)], Read().Select(entry => (entry.Header.SequenceNumber, entry.Segment)));
        Assert.Equal([1, 2], JournalReader.ReadAll(_folder.Path, Damaged, 2).Select(entry => entry.Header.SequenceNumber));
    }

    [Fact]
    public void ReadAll_TornTail_LeavesOutTheTornRecordAlone()
    {
        Fill(segments: 2, records: 3);
        string path = _folder.In("00000001.unrolls");
        byte[] whole = File.ReadAllBytes(path);
        int record = (whole.Length - 8) / 3;
        for (int length = 8; length < whole.Length; length += 7)
        {
            _damages.Clear();
            File.WriteAllBytes(path, whole[..length]);
            int expected = (length - 8) / record;

            Assert.Equal(expected + 3, Read().Count());
            Assert.Equal((length - 8) % record == 0 ? 0 : 1, _damages.Count);
        }
    }

    [Fact]
    public void ReadAll_AnyByteDamaged_NeverYieldsAnotherUnrollThanWasWritten()
    {
        Fill(segments: 1, records: 2);
        string path = _folder.In("00000001.unrolls");
        byte[] whole = File.ReadAllBytes(path);
        byte[][] written = [.. Read(copyMessages: true).Select(entry => entry.Message.ToArray())];
        for (int i = 0; i < whole.Length; i++)
        {
            _damages.Clear();
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x10;
            File.WriteAllBytes(path, damaged);

            JournalEntry[] entries = [.. Read(copyMessages: true)];

            Assert.InRange(entries.Length, 0, 1);
            Assert.All(entries, entry => Assert.Equal(written[0], entry.Message.ToArray()));
            Assert.Single(_damages);
        }
    }

    [Fact]
    public void TryAppend_DiskFull_KeepsTheJournalWholeAndGoesOnWhenThereIsRoom()
    {
        var clock = new ManualTime();
        int room = int.MaxValue;
        using UnrollJournal journal = FleetParts.Journal(
            _folder.Path,
            (file, bytes) =>
            {
                file.Write(bytes.Span[..Math.Min(room, bytes.Length)]);
                if (bytes.Length > room)
                {
                    throw new IOException("No space left on device");
                }
            },
            clock
        );
        Assert.NotNull(journal.TryAppend(Unroll(0)));
        room = 20;
        Assert.Null(journal.TryAppend(Unroll(1)));
        Assert.Equal([0], Read().Select(entry => entry.Header.SequenceNumber));
        Assert.Empty(_damages);

        room = int.MaxValue;
        Assert.Null(journal.TryAppend(Unroll(2))); // within the pause after a failure
        clock.Now += TimeSpan.FromSeconds(1.5);
        Assert.NotNull(journal.TryAppend(Unroll(3)));

        Assert.Equal([0, 3], Read().Select(entry => entry.Header.SequenceNumber));
        Assert.Empty(_damages);
    }

    [Fact]
    public void TryAppend_FolderThatCannotBeMade_IsAFailureAndNoException()
    {
        File.WriteAllText(_folder.In("file"), "");
        using UnrollJournal journal = FleetParts.Journal(_folder.In("file"));

        Assert.Null(journal.TryAppend(Unroll(0)));
    }

    [Fact]
    public void Prune_KeptCheckpoints_KeepTheSegmentsTheyNeed()
    {
        using UnrollJournal journal = FleetParts.Journal(_folder.Path, keptCheckpoints: 2);
        List<long[]> left = [];
        for (int i = 0; i < 5; i++)
        {
            journal.TryAppend(Unroll(i));
            journal.BeginSegment();
            Assert.Equal(i + 2, journal.Need(long.MaxValue)); // all is learned from
            journal.Prune();
            left.Add([.. JournalReader.List(_folder.Path).Select(entry => entry.Number)]);
        }

        Assert.Equal(
            [
                [1],
                [2],
                [3],
                [4],
                [5],
            ],
            left
        );
        Assert.Equal(5, journal.OldestNeeded);
    }

    [Fact]
    public void Prune_SegmentThatStillWaits_Stays()
    {
        using UnrollJournal journal = FleetParts.Journal(_folder.Path, keptCheckpoints: 1);
        journal.TryAppend(Unroll(0));
        journal.BeginSegment();
        journal.TryAppend(Unroll(1));
        journal.BeginSegment();
        Assert.Equal(2, journal.Need(2));
        journal.Prune();
        Assert.Equal([2], JournalReader.List(_folder.Path).Select(entry => entry.Number));
    }

    [Fact]
    public void Prune_CheckpointsThatCouldNotBeWritten_DoNotCount()
    {
        using UnrollJournal journal = FleetParts.Journal(_folder.Path, keptCheckpoints: 2);
        void Save(bool succeeds)
        {
            journal.TryAppend(Unroll(0));
            journal.BeginSegment();
            journal.Need(long.MaxValue);
            if (succeeds)
            {
                journal.Prune();
            }
        }

        Save(true); // needs segment 2
        Save(false);
        Save(false);
        Save(true); // needs 5

        Assert.Equal([2, 3, 4], JournalReader.List(_folder.Path).Select(entry => entry.Number));
    }

    [Fact]
    public void Prune_KeepAll_DeletesNothing()
    {
        using UnrollJournal journal = FleetParts.Journal(_folder.Path, keepAll: true, keptCheckpoints: 1);
        for (int i = 0; i < 3; i++)
        {
            journal.TryAppend(Unroll(i));
            journal.BeginSegment();
            journal.Need(long.MaxValue);
            journal.Prune();
        }

        Assert.Equal(3, JournalReader.List(_folder.Path).Count);
    }

    private static Unroll Unroll(long number)
    {
        Unroll unroll = Unrolls.Random(new UnrollShape(2, 1, new ObservationFormat(4), 1, 0), (ulong)number);
        unroll.Header = new UnrollHeader("a", 3, number, 9, "CartPole-v1");
        return unroll;
    }

    private void Fill(int segments, int records)
    {
        using UnrollJournal journal = FleetParts.Journal(_folder.Path);
        var unroll = new Unroll(new UnrollShape(2, 1, new ObservationFormat(4), 1, 0));
        for (int i = 0; i < segments * records; i++)
        {
            unroll.Header = new UnrollHeader("a", 3, i, 9, "CartPole-v1");
            journal.TryAppend(unroll);
            if ((i + 1) % records == 0)
            {
                journal.BeginSegment();
            }
        }
    }

    // A message is valid until the next one is read.
    private IEnumerable<JournalEntry> Read(bool copyMessages = false) =>
        JournalReader
            .ReadAll(_folder.Path, Damaged)
            .Select(entry => copyMessages ? entry with { Message = entry.Message.ToArray() } : entry);

    private void Damaged(string segment, string reason) => _damages.Add($"{segment}: {reason}");
}

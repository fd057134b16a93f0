using Studies.Cluster.Queue;
using Tests.Waits;
using Xunit;

namespace Tests.StudyTests.Cluster;

/// <summary>Who does which leg.</summary>
[ShortTime("The clock is set by hand.")]
public sealed class WorkQueueTests
{
    private readonly Clock _clock = new();
    private readonly WorkQueue _queue;

    public WorkQueueTests()
    {
        _queue = new WorkQueue(_clock);
        _queue.Add("study", 0, "trials/0000-1");
    }

    private WorkView Leg => Assert.Single(_queue.Poll("study").Legs);

    [Fact]
    public void Take_LegOfALivingStudy_IsHandedOutOnceAndAddedOnce()
    {
        LegKey key = Assert.Single(Take("a"));
        _queue.Add("study", 0, "trials/0000-1");

        Assert.Empty(Take("b"));
        Assert.Equal(new LegKey("study", 0, 1), key);
        Assert.Equal(("http://a", WorkPhase.Held), (Leg.Address, Leg.Phase));
    }

    [Fact]
    public void Take_LegOfAStudyThatNobodyCarriesOut_IsNotHandedOut()
    {
        _clock.Pass(WorkQueue.StudyPatience);

        Assert.Empty(Take("a"));
        _queue.Poll("study");
        Assert.Single(Take("a"));
    }

    [Fact]
    public void Beat_OfAnEndTwice_KeepsTheFirst()
    {
        LegKey key = Take("a")[0];

        Beat("a", key, HeldPhase.Ended, "one");
        long changes = _queue.Changes;
        BeatReply reply = Beat("a", key, HeldPhase.Ended, "two");

        Assert.Empty(reply.Drop);
        Assert.Equal((WorkPhase.Ended, "one", changes), (Leg.Phase, Leg.Text, _queue.Changes));
    }

    [Fact]
    public void Look_DeadWorker_LosesItsLegsAtOnceAlsoThoseThatEnded()
    {
        LegKey key = Take("a")[0];
        Beat("a", key, HeldPhase.Ended, "one");

        WorkLoss loss = Assert.Single(_queue.Look(worker => worker == "a"));

        Assert.Equal("a", loss.Worker);
        Assert.Equal((WorkPhase.Waiting, null, 1), (Leg.Phase, Leg.Text, Leg.Losses));
        Assert.Contains("is gone", Leg.Trouble, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(Take("b")).Epoch);
    }

    [Fact]
    public void Look_HungWorkerThatWakesUp_CannotEndItsLegAgain()
    {
        LegKey old = Take("a")[0];
        Beat("a", old, HeldPhase.Running);
        for (int i = 0; i < 5; i++)
        {
            _clock.Pass(TimeSpan.FromSeconds(3));
            Assert.Equal(i == 4 ? 1 : 0, _queue.Look(_ => false).Count);
            _queue.Poll("study");
        }
        LegKey now = Take("b")[0];

        BeatReply reply = Beat("a", old, HeldPhase.Ended, "late");

        Assert.Equal([old], reply.Drop);
        Assert.Equal((WorkPhase.Held, null), (Leg.Phase, Leg.Text));
        Beat("b", now, HeldPhase.Ended, "right");
        Assert.Equal("right", Leg.Text);
    }

    [Fact]
    public void Beat_OfAnEarlierHandingOutToTheSameWorker_DoesNotCount()
    {
        LegKey old = Take("a")[0];
        Beat("a", old, HeldPhase.Running);
        _queue.Look(worker => worker == "a");
        LegKey now = Take("a")[0];

        BeatReply reply = Beat("a", old, HeldPhase.Ended, "late");

        Assert.Equal([old], reply.Drop);
        Assert.Equal((WorkPhase.Held, null, now.Epoch), (Leg.Phase, Leg.Text, Leg.Epoch));
    }

    [Fact]
    public void Take_WhereTheTableHasForgotten_NumbersAreNotGivenTwice()
    {
        _clock.Pass(TimeSpan.FromSeconds(1));
        LegKey old = Take("a")[0];
        _queue.Read(null);
        _clock.Pass(TimeSpan.FromSeconds(1));
        _queue.Add("study", 0, "trials/0000-1");

        Assert.True(Take("a")[0].Epoch > old.Epoch);
    }

    [Fact]
    public void Beat_ALegThatWaitsForAStudyThatIsGone_IsDropped()
    {
        LegKey key = Take("a")[0];
        Beat("a", key, HeldPhase.Waiting);
        _clock.Pass(WorkQueue.StudyPatience + TimeSpan.FromSeconds(1));
        _queue.Beat(new WorkerBeat("b", "http://b", 1, []));

        Assert.Equal([key], Beat("a", key, HeldPhase.Waiting).Drop);
        Assert.Equal((WorkPhase.Waiting, 0), (Leg.Phase, Leg.Losses));
    }

    [Fact]
    public void Look_AfterThisProcessStoodStill_TakesNothingBack()
    {
        Take("a");
        Beat("a", new LegKey("study", 0, 1), HeldPhase.Running);
        _clock.Pass(TimeSpan.FromSeconds(60));

        Assert.Empty(_queue.Look(_ => false));
    }

    [Fact]
    public void Read_WhatWasWritten_GoesOnWithTheSameLeases()
    {
        LegKey key = Take("a")[0];
        var next = new WorkQueue(_clock);
        next.Read(_queue.Write());

        Assert.Empty(next.Take("b", "http://b", 1));
        Assert.Empty(next.Beat(new WorkerBeat("a", "http://a", 1, [new(key, HeldPhase.Running, 5, 0, null)])).Drop);
        Assert.Equal(5, Assert.Single(next.Poll("study").Legs).Steps);
    }

    [Fact]
    public void Read_OfAnOlderTable_TakesTheEndThatItDoesNotKnowFromTheNextBeat()
    {
        LegKey key = Take("a")[0];
        string older = _queue.Write();
        Beat("a", key, HeldPhase.Ended, "one");

        _queue.Read(older);
        Assert.Equal(WorkPhase.Held, Leg.Phase);
        Beat("a", key, HeldPhase.Ended, "one");

        Assert.Equal((WorkPhase.Ended, "one"), (Leg.Phase, Leg.Text));
    }

    [Fact]
    public void Beat_WithoutALegWhoseHandingOutWasNotHeard_LetsItWaitAgain()
    {
        Take("a");
        Assert.Empty(_queue.Beat(new WorkerBeat("a", "http://a", 1, [])).Drop);
        Assert.Equal(WorkPhase.Held, Leg.Phase);

        _clock.Pass(TimeSpan.FromSeconds(7));
        _queue.Beat(new WorkerBeat("a", "http://a", 1, []));

        Assert.Equal((WorkPhase.Waiting, 0), (Leg.Phase, Leg.Losses));
    }

    [Fact]
    public void Cancel_HeldLeg_StopsItAndReturnLetsItWait()
    {
        LegKey key = Take("a")[0];
        _queue.Cancel("study", 0);

        Assert.Equal([key], Beat("a", key, HeldPhase.Running).Stop);
        Beat("a", key, HeldPhase.Stopped);
        Assert.Equal(WorkPhase.Stopped, Leg.Phase);
        _queue.Return(key);

        Assert.Equal((WorkPhase.Waiting, 0), (Leg.Phase, Leg.Losses));
        Assert.Empty(Take("b")); // still cancelled
    }

    [Fact]
    public void Poll_Capacity_CountsWorkersThatLive()
    {
        _queue.Beat(new WorkerBeat("a", "http://a", 3, []));
        _queue.Beat(new WorkerBeat("b", "http://b", 2, []));
        Assert.Equal(5, _queue.Poll("study").Capacity);

        _queue.Look(worker => worker == "a");

        Assert.Equal(2, _queue.Poll("study").Capacity);
    }

    private LegKey[] Take(string worker) => _queue.Take(worker, $"http://{worker}", 1);

    private BeatReply Beat(string worker, LegKey key, HeldPhase phase, string? text = null) =>
        _queue.Beat(new WorkerBeat(worker, $"http://{worker}", 1, [new(key, phase, 0, 0, text)]));

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + new TimeSpan(_ticks);

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}

using Environments.State;
using Environments.Wrappers;
using Fleet.Admission;
using Fleet.Publishing;
using Learners.Composition;
using Protos;
using Protos.Fleet;
using Xunit;

namespace Tests.FleetTests.Batches;

public sealed class RemoteUnrollSourceTests
{
    [Fact]
    public async Task NextAsync_ActorsOfSeveralSizes_EachFillBatchesOfTheirOwn()
    {
        using var parts = new FleetParts(new FleetSettings { QueueBatches = 8 });
        parts.Publish(0);
        TestActor one = parts.Join("one", copies: 1);
        TestActor two = parts.Join("two", copies: 2);
        TestActor four = parts.Join("four", copies: 4);
        await one.SendAsync(0, reward: 10);
        await two.SendAsync(0, reward: 20);
        await one.SendAsync(1, reward: 11);
        await four.SendAsync(0, reward: 40);
        await one.SendAsync(2, reward: 12);
        await two.SendAsync(1, reward: 21);
        await one.SendAsync(3, reward: 13);

        List<float[]> batches = [];
        for (int i = 0; i < 3; i++)
        {
            batches.Add(await parts.NextAsync());
            parts.Publish(i + 1);
        }

        Assert.Equal(
            [
                [40, 40, 40, 40],
                [20, 20, 21, 21],
                [10, 11, 12, 13],
            ],
            batches
        );
        Assert.Equal([4, 2, 1], new[] { one, two, four }.Select(actor => actor.Told.NextSequenceNumber));
    }

    [Fact]
    public async Task NextAsync_StaleUnrolls_AreRefusedAndAcknowledged()
    {
        using var parts = new FleetParts(new FleetSettings { MaxPolicyAge = 5, QueueBatches = 8 });
        parts.Publish(10);
        TestActor actor = parts.Join("a");
        await actor.SendAsync(0, version: 4, reward: 100);
        await actor.SendAsync(1, version: 5, reward: 1);
        await actor.SendAsync(2, version: 4, reward: 100);
        await actor.SendAsync(3, version: 20, reward: 3); // of a learner that was killed since

        await parts.ExpectAsync(1, 1, 3, 3);
        Assert.Equal(1, actor.Told.NextSequenceNumber);
        parts.Publish(11);

        Assert.Equal(4, actor.Told.NextSequenceNumber);
        Assert.Equal((2, 2), (actor.Told.Refused, parts.Hub.Metrics.Refused));
        Assert.Null(actor.Connection.Goodbye); // old is not broken
    }

    [Fact]
    public async Task NextAsync_UnrollThatGrowsOldInAnIncompleteBatch_IsDroppedToo()
    {
        using var parts = new FleetParts(new FleetSettings { MaxPolicyAge = 5, QueueBatches = 8 });
        parts.Publish(0);
        TestActor two = parts.Join("two");
        TestActor four = parts.Join("four", copies: 4);
        await two.SendAsync(0, version: 0, reward: 100);
        await four.SendAsync(0, version: 0, reward: 40);
        await parts.ExpectAsync(40, 40, 40, 40);
        parts.Publish(6);
        await two.SendAsync(1, version: 6, reward: 1);
        await two.SendAsync(2, version: 6, reward: 2);

        await parts.ExpectAsync(1, 1, 2, 2);
        Assert.Equal(1, two.Told.NextSequenceNumber);
    }

    [Fact]
    public async Task NextAsync_Cancelled_KeepsWhatItHasCollected()
    {
        using var parts = new FleetParts();
        parts.Publish(0);
        TestActor actor = parts.Join("a");
        await actor.SendAsync(0, reward: 1);
        Assert.True(await parts.IsWaitingAsync());
        await actor.SendAsync(1, reward: 2);

        await parts.ExpectAsync(1, 1, 2, 2);
    }

    [Fact]
    public async Task LoadState_WithJournal_TrainsExactlyWhatWasAcknowledged()
    {
        using var folder = new TemporaryFolder();
        var settings = new FleetSettings { Journal = true, QueueBatches = 8 };
        StateDictionary state;
        using (var parts = new FleetParts(settings, FleetParts.Journal(folder.Path)))
        {
            parts.Publish(0);
            TestActor a = parts.Join("a", incarnation: 7);
            TestActor b = parts.Join("b", incarnation: 8);
            for (int i = 0; i < 4; i++)
            {
                await a.SendAsync(i, reward: 10 + i);
                await b.SendAsync(i, reward: 20 + i);
            }
            await parts.ExpectAsync(10, 10, 20, 20);
            parts.Publish(1);
            state = parts.Save();
            await parts.ExpectAsync(11, 11, 21, 21);
            parts.Publish(2); // and killed, after more was learned and more arrived
            await a.SendAsync(4, reward: 14);
            Assert.Equal((5, 4), (a.Told.NextSequenceNumber, b.Told.NextSequenceNumber));
        }

        using var resumed = new FleetParts(settings, FleetParts.Journal(folder.Path));
        resumed.Source.LoadState(state);
        resumed.Publish(1);
        Welcome welcome = resumed.Join("a", incarnation: 7).Welcome;
        Assert.Equal((5, 5, 0u), (welcome.NextSequenceNumber, welcome.NextTaken, welcome.Slot));
        Assert.Equal(new Publication { Number = 1, ParameterVersion = 1 }, welcome.Newest);
        Assert.Equal(5, resumed.Join("a", incarnation: 7).Told.NextTaken);
        List<float> trained = [];
        for (int i = 0; i < 3; i++)
        {
            trained.AddRange((await resumed.NextAsync()).Where((_, copy) => copy % 2 == 0));
            resumed.Publish(2 + i);
        }
        TestActor back = resumed.Join("b", incarnation: 8);
        await back.SendAsync(3); // again, as its acknowledgement might have been lost
        await back.SendAsync(4, reward: 24);
        trained.AddRange((await resumed.NextAsync()).Where((_, copy) => copy % 2 == 0));

        Assert.Equal([11, 21, 12, 22, 13, 23, 14, 24], trained);
        Assert.Equal((1, 0), (resumed.Hub.Metrics.Duplicates, resumed.Hub.Metrics.Missing));
    }

    [Fact]
    public async Task LoadState_MessageRefusedWhileOthersWaited_StillTrainsThose()
    {
        using var folder = new TemporaryFolder();
        var settings = new FleetSettings { Journal = true, QueueBatches = 8 };
        StateDictionary state;
        using (var parts = new FleetParts(settings, FleetParts.Journal(folder.Path)))
        {
            parts.Publish(0);
            TestActor actor = parts.Join("a");
            await actor.SendAsync(0, reward: 1);
            await actor.SendAsync(1, reward: 2);
            await actor.SendAsync([0]);
            Assert.Equal(3, actor.Told.NextSequenceNumber);
            state = parts.Save();
        }

        using var resumed = new FleetParts(settings, FleetParts.Journal(folder.Path));
        resumed.Source.LoadState(state);
        resumed.Publish(0);

        await resumed.ExpectAsync(1, 1, 2, 2);
    }

    [Fact]
    public async Task LoadState_WithoutJournal_AsksForWhatWasNotLearnedFrom()
    {
        StateDictionary state;
        using (var parts = new FleetParts(new FleetSettings { QueueBatches = 8 }))
        {
            parts.Publish(0);
            TestActor actor = parts.Join("a");
            for (int i = 0; i < 3; i++)
            {
                await actor.SendAsync(i, reward: i);
            }
            await parts.NextAsync();
            parts.Publish(1);
            state = parts.Save();
        }

        using var resumed = new FleetParts();
        resumed.Source.LoadState(state);
        resumed.Publish(1);
        TestActor back = resumed.Join("a");
        Assert.Equal((2, 2, 0ul), (back.Welcome.NextSequenceNumber, back.Welcome.NextTaken, back.Welcome.Starts));
        await back.SendAsync(2, reward: 2);
        await back.SendAsync(3, reward: 3);

        await resumed.ExpectAsync(2, 2, 3, 3);
        Assert.Equal((0, 0), (resumed.Hub.Metrics.Duplicates, resumed.Hub.Metrics.Missing));
    }

    [Fact]
    public async Task SaveState_ActorsAndStatistics_ComeBack()
    {
        using var parts = new FleetParts(normalize: true);
        parts.Publish(0);
        TestActor actor = parts.Join("b", incarnation: 3);
        parts.Join("a").Leave();
        for (int i = 0; i < 2; i++)
        {
            Unroll unroll = parts.Unroll(i);
            unroll.Observations.Write(0, [0, 1, 0, 0, 0, 1, 0, 0]);
            unroll.Observations.Write(1, [0, 2, 0, 0, 0, 2, 0, 0]);
            unroll.Observations.Write(2, [0, 90, 0, 0, 0, 90, 0, 0]); // acted on in the unroll that follows
            await actor.SendAsync(unroll);
        }
        await actor.SendAsync([0]);
        await parts.NextAsync();
        parts.Publish(1);

        using var resumed = new FleetParts(normalize: true);
        resumed.Source.LoadState(parts.Save());

        IReadOnlyList<ActorRecord> actors = resumed.Hub.Roster.List();
        Assert.Equal(["b", "a"], actors.Select(record => record.Id));
        Assert.Equal(
            (0, 1, 2, 2, 1, 3),
            (
                actors[0].Slot,
                actors[0].Starts,
                actors[0].Copies,
                actors[0].Unrolls,
                actors[0].Refused,
                actors[0].LatestIncarnation
            )
        );
        RunningStatistics running = resumed.Source.Observations.Running!;
        Assert.Equal(parts.Source.Observations.Running!.Mean.ToArray(), running.Mean.ToArray());
        Assert.Equal(parts.Source.ObservationStatistics!.Mean.ToArray(), resumed.Source.ObservationStatistics!.Mean.ToArray());
        Assert.Equal(8, running.Count, 1e-3);
        Assert.Equal(1.5, running.Mean[1], 1e-3);
        Assert.Equal(0.25, running.Variance[1], 1e-3);
    }

    [Fact]
    public async Task LoadState_LockStepWithLag_StillHasTheParametersThatActNext()
    {
        var settings = new FleetSettings { LockStep = true };
        using var parts = new FleetParts(settings);
        StateDictionary Lagging(FleetParts of)
        {
            var state = new StateDictionary();
            of.Hub.Parameters.SaveLagging(state);
            return state;
        }
        parts.Publish(0);
        Assert.Empty(Lagging(parts).Names);
        await parts.Join("a", copies: 4).SendAsync(0);
        await parts.NextAsync();
        parts.Publish(30);

        var store = new ParameterStore();
        store.ContinueFrom(0, Lagging(parts));
        store.Publish([30, 1, 2], 30, null);

        Assert.Equal(new Publication { Number = 1, ParameterVersion = 30 }, store.Newest);
        ParameterStore.Snapshot before = store.Hold(0)!;
        Assert.Equal(parts.Hub.Parameters.Hold(0)!.Bytes, before.Bytes);
        Assert.Equal(parts.Hub.Parameters.Hold(0)!.Hash, before.Hash);
    }
}

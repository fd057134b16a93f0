using Actors.Fleet;
using Agents.Policies.Acting;
using Fleet;
using Fleet.Journal;
using Learners.Composition;
using Learners.Training;
using Protos.Fleet;
using Tests.LearnerTests.Composition;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests;

public sealed class FleetHubTests
{
    [Fact]
    public async Task ReceiveAsync_UnrollAgain_IsDroppedAndCounted()
    {
        using var parts = new FleetParts();
        TestActor actor = parts.Join("a");
        await actor.SendAsync(0);
        await actor.SendAsync(0);
        await actor.SendAsync(1);
        await actor.SendAsync(0);

        Assert.Equal(2, parts.Hub.QueueLength);
        Assert.Equal((2, 2), (parts.Hub.Metrics.Accepted, parts.Hub.Metrics.Duplicates));
        Assert.Equal(2, actor.Record.Unrolls);
        Assert.Equal(2, actor.Told.NextTaken);
        Assert.Equal(0, actor.Told.NextSequenceNumber); // neither journalled nor learned from
    }

    [Fact]
    public async Task Join_SameIncarnation_IsToldWhereToResume()
    {
        using var parts = new FleetParts();
        parts.Publish(0);
        TestActor actor = parts.Join("a");
        await actor.SendAsync(0);
        await actor.SendAsync(1);
        await actor.SendAsync(2);
        actor.Leave();

        Welcome early = parts.Join("a").Welcome;
        Assert.Equal((0, 3), (early.NextSequenceNumber, early.NextTaken));

        await parts.NextAsync();
        parts.Publish(1);
        Welcome late = parts.Join("a").Welcome;

        Assert.Equal((2, 3), (late.NextSequenceNumber, late.NextTaken));
        Assert.Equal((0u, 0u), ((uint)late.Starts, late.Slot));
        Assert.Equal(new Publication { Number = 1, ParameterVersion = 1 }, late.Newest);
    }

    [Fact]
    public async Task Join_NewIncarnation_CountsFromTheBeginningAndNeverMixesWithTheOld()
    {
        using var parts = new FleetParts();
        TestActor old = parts.Join("a", incarnation: 5);
        await old.SendAsync(0);
        await old.SendAsync(1);
        parts.Hub.Leave(old.Record, old.Connection, broke: false);

        TestActor fresh = parts.Join("a", incarnation: 6);
        await fresh.SendAsync(0);

        Assert.Equal((0, 1ul, 0u), (fresh.Welcome.NextSequenceNumber, fresh.Welcome.Starts, fresh.Welcome.Slot));
        Assert.Equal(3, parts.Hub.QueueLength);
        Assert.Null(fresh.Connection.Goodbye);
    }

    [Fact]
    public void Join_SeveralActors_GetSlotsOfTheirOwn()
    {
        using var parts = new FleetParts();

        uint[] slots = [.. new[] { "a", "b", "a", "c" }.Select(id => parts.Join(id).Welcome.Slot)];

        Assert.Equal([0, 1, 0, 2], slots);
        Assert.Equal(3, parts.Hub.Roster.Connected);
    }

    [Theory]
    [InlineData("other version", "speaks version 1 of the protocol and the learner version 2")]
    [InlineData("no name", "1 to 128 of the characters")]
    [InlineData("name with a line", "1 to 128 of the characters")]
    [InlineData("no incarnation", "incarnations begin at 1")]
    [InlineData("negative number", "sequence numbers at 0")]
    [InlineData("odd copies", "3 environment copies do not divide the 4 copies")]
    [InlineData("many copies", "4294967295 environment copies do not divide")]
    public void Join_HelloThatCannotBe_IsToldWhy(string name, string expected)
    {
        using var parts = new FleetParts();
        Hello hello = FleetParts.Hello("a");
        switch (name)
        {
            case "other version":
                hello.ProtocolVersion = 1;
                break;
            case "no name":
                hello.ActorId = "";
                break;
            case "name with a line":
                hello.ActorId = "a\nb";
                break;
            case "no incarnation":
                hello.Incarnation = 0;
                break;
            case "negative number":
                hello.NextSequenceNumber = -1;
                break;
            case "odd copies":
                hello.Copies = 3;
                break;
            default:
                hello.Copies = uint.MaxValue;
                break;
        }

        (ActorRecord? actor, _, LearnerMessage answer) = parts.Hub.Join(hello);

        Assert.Null(actor);
        Assert.Equal(Goodbye.Types.Reason.NotWelcome, answer.Goodbye.Reason);
        Assert.Contains(expected, answer.Goodbye.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new string[0], false)] // an actor of an earlier release
    [InlineData(new[] { "sample" }, false)]
    [InlineData(new[] { "greedy", "sample" }, true)]
    public void Join_RunThatDoesNotSample_TakesActorsThatKnowHowItActs(string[] known, bool welcome)
    {
        var settings = new TrainingSettings
        {
            Environment = "CartPole-v1",
            Agent = new WaySettings { Way = "greedy", UnrollLength = 2 },
        };
        using var parts = new FleetParts(settings: settings);
        Hello hello = FleetParts.Hello("a");
        hello.Acting.AddRange(known);

        (_, _, LearnerMessage answer) = parts.Hub.Join(hello);

        if (welcome)
        {
            Assert.Same(ActingPolicies.Greedy, ActorSettings.Parse(answer.Welcome.SettingsYaml).Acting);
            return;
        }
        Assert.Equal(Goodbye.Types.Reason.NotWelcome, answer.Goodbye.Reason);
        Assert.Equal(
            "The run acts by 'greedy', which this actor does not know. Use the same release for both.",
            answer.Goodbye.Detail
        );
    }

    [Fact]
    public async Task ReceiveAsync_Gap_IsCountedAsMissingAndPassed()
    {
        using var parts = new FleetParts();
        parts.Publish(0);
        TestActor actor = parts.Join("a", announced: 5);
        await actor.SendAsync(3);
        await actor.SendAsync(4);
        Assert.Equal(3, parts.Hub.Metrics.Missing);
        Assert.Equal(3, actor.Told.NextSequenceNumber);

        await parts.NextAsync();
        parts.Publish(1);

        Assert.Equal(5, actor.Told.NextSequenceNumber);
        await actor.SendAsync(1);
        Assert.Equal(1, parts.Hub.Metrics.Duplicates);
    }

    [Theory]
    [InlineData(1L << 53, 1L << 53)] // said to be sent before, which nobody can have done
    [InlineData(2_000_000, 1_000_001)]
    [InlineData(5, 5)] // not said to be sent before
    [InlineData(0, 1)]
    public async Task ReceiveAsync_GapThatCannotBe_IsRefusedAndNothingCountsAsMissing(long announced, long number)
    {
        using var parts = new FleetParts();
        parts.Publish(0);
        TestActor actor = parts.Join("a", announced: announced);

        await actor.SendAsync(number);

        Assert.Equal((0, 1), (parts.Hub.Metrics.Missing, parts.Hub.Metrics.Refused));
        Assert.Equal(0, parts.Hub.QueueLength);
        await actor.SendAsync(1); // the refused one stands in the place that was due
        Assert.Equal(1, parts.Hub.QueueLength);
    }

    [Theory]
    [InlineData(1_000_100, true)] // a killed learner may have been ahead
    [InlineData(1_000_101, false)]
    [InlineData(1L << 52, false)]
    public async Task ReceiveAsync_ParametersThatNobodyPublished_AreRefusedBeforeTheyAreJournalled(long version, bool expected)
    {
        using var folder = new TemporaryFolder();
        using var parts = new FleetParts(new FleetSettings { Journal = true, QueueBatches = 8 }, FleetParts.Journal(folder.Path));
        parts.Publish(100);
        TestActor actor = parts.Join("a");

        for (int i = 0; i < 5; i++)
        {
            await actor.SendAsync(i, version);
        }

        Assert.Equal(expected ? (5, 0) : (0, 5), (parts.Hub.Metrics.Accepted, parts.Hub.Metrics.Refused));
        Assert.Equal(expected ? 5 : 0, JournalReader.ReadAll(folder.Path, (_, _) => Assert.Fail()).Count());
        Assert.Equal(5, actor.Told.NextTaken); // nobody should send them again
        Assert.Null(actor.Connection.Goodbye); // an actor may be far ahead of a learner that began anew
    }

    [Fact]
    public async Task ReceiveAsync_QueueFull_WaitsAndLosesNothingThoughTheStreamBreaks()
    {
        using var parts = new FleetParts(new FleetSettings { QueueBatches = 1, CopiesPerActor = 2 });
        parts.Publish(0);
        Assert.Equal(2, parts.Hub.QueueCapacity);
        TestActor actor = parts.Join("a");
        await actor.SendAsync(0, reward: 0);
        await actor.SendAsync(1, reward: 1);

        Task third = actor.SendAsync(2, reward: 2);
        Assert.False(third.IsCompleted); // it was handed over in this thread, as far as the queue let it
        Assert.Equal(2, actor.Told.NextTaken);
        actor.Leave();
        TestActor again = parts.Join("a");
        Assert.Equal((0, 3), (again.Welcome.NextSequenceNumber, again.Welcome.NextTaken));
        await again.SendAsync(2, reward: 2); // sent again, and dropped
        Task fourth = again.SendAsync(3, reward: 3);

        await parts.ExpectAsync(0, 0, 1, 1);
        await third.InTime();
        await fourth.InTime();
        parts.Publish(1);
        await parts.ExpectAsync(2, 2, 3, 3);
        parts.Publish(2);
        Assert.Equal((4, 4), (again.Told.NextSequenceNumber, again.Told.NextTaken));
        Assert.Equal(1, parts.Hub.Metrics.Duplicates);
    }

    [Fact]
    public async Task Close_WhileAnActorWaitsForTheQueue_StillSaysGoodbye()
    {
        using var parts = new FleetParts(new FleetSettings { QueueBatches = 1, CopiesPerActor = 2 });
        TestActor actor = parts.Join("a");
        await actor.SendAsync(0);
        await actor.SendAsync(1);
        Task waiting = actor.SendAsync(2);

        parts.Source.End(completed: true);

        await waiting.InTime(); // a failure would end the stream before the goodbye
        await actor.SendAsync(3);
        Assert.Equal(Goodbye.Types.Reason.RunCompleted, actor.Connection.Goodbye!.Reason);
        (_, _, LearnerMessage answer) = parts.Hub.Join(FleetParts.Hello("b"));
        Assert.Equal(Goodbye.Types.Reason.RunCompleted, answer.Goodbye.Reason);
    }

    [Fact]
    public async Task ReceiveAsync_JournalFullForAWhile_AcknowledgesOnlyWhatIsSafeAndCatchesUpInOrder()
    {
        using var folder = new TemporaryFolder();
        bool full = false;
        var clock = new Tests.LearnerTests.Metrics.ManualTime();
        UnrollJournal journal = FleetParts.Journal(
            folder.Path,
            (file, bytes) =>
            {
                file.Write(bytes.Span[..(full ? bytes.Length / 2 : bytes.Length)]);
                if (full)
                {
                    throw new IOException("No space left on device");
                }
            },
            clock
        );
        using var parts = new FleetParts(new FleetSettings { Journal = true, QueueBatches = 8 }, journal, clock);
        TestActor actor = parts.Join("a");
        await actor.SendAsync(0);
        Assert.Equal(1, actor.Told.NextSequenceNumber);

        full = true;
        await actor.SendAsync(1);
        await actor.SendAsync(2);
        Assert.Equal((1, 3), (actor.Told.NextSequenceNumber, actor.Told.NextTaken));

        full = false;
        await actor.SendAsync(3);
        Assert.Equal(1, actor.Told.NextSequenceNumber); // it is not tried with every unroll
        clock.Now += TimeSpan.FromSeconds(2);
        await actor.SendAsync(4);

        Assert.Equal(5, actor.Told.NextSequenceNumber);
        long[] kept =
        [
            .. JournalReader.ReadAll(folder.Path, (_, _) => Assert.Fail()).Select(entry => entry.Header.SequenceNumber),
        ];
        Assert.Equal([0, 1, 2, 3, 4], kept);
    }

    [Fact]
    public async Task Join_LockStepOnlyOneActor_OthersAreToldSo()
    {
        using var parts = new FleetParts(new FleetSettings { LockStep = true });
        TestActor actor = parts.Join("a", copies: 4);
        Assert.True(actor.Welcome.LockStep);
        Assert.Equal(0, actor.Welcome.NextBatch);
        await actor.SendAsync(0);

        (_, _, LearnerMessage other) = parts.Hub.Join(FleetParts.Hello("b", copies: 4));
        (_, _, LearnerMessage few) = parts.Hub.Join(FleetParts.Hello("a", copies: 2));

        Assert.Contains("there is one actor", other.Goodbye.Detail, StringComparison.Ordinal);
        Assert.Contains("steps all 4 copies", few.Goodbye.Detail, StringComparison.Ordinal);
        parts.Hub.Leave(actor.Record, actor.Connection, broke: false);
        Assert.Equal(1, parts.Join("a", incarnation: 2, copies: 4).Welcome.NextBatch);
    }

    [Fact]
    public async Task AcknowledgementFor_ClockThatJumpsYears_IsAsWithAnyOther()
    {
        async Task<string> Play(TimeProvider clock)
        {
            using var folder = new TemporaryFolder();
            using var parts = new FleetParts(
                new FleetSettings
                {
                    Journal = true,
                    MaxPolicyAge = 5,
                    QueueBatches = 8,
                },
                FleetParts.Journal(folder.Path, clock: clock),
                clock
            );
            parts.Publish(0);
            TestActor actor = parts.Join("a");
            List<string> told = [];
            for (int i = 0; i < 8; i++)
            {
                await actor.SendAsync(i, version: i, reward: i);
                told.Add(actor.Told.ToString());
                if (i % 2 == 1)
                {
                    told.Add(string.Join(' ', await parts.NextAsync()));
                    parts.Publish(i);
                    parts.Save();
                }
                Assert.InRange(parts.Hub.SecondsSince(actor.Record.LastMessage), 0, 60);
            }
            return string.Join('\n', told);
        }

        Assert.Equal(await Play(TimeProvider.System), await Play(SteadyTime.Jumping));
    }
}

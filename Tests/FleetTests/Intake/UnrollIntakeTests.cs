using Fleet.Journal;
using Learners.Composition;
using Protos.Fleet;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests.Intake;

public sealed class UnrollIntakeTests
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

        Assert.Equal(2, parts.Hub.Intake.QueueLength);
        Assert.Equal((2, 2), (parts.Hub.Metrics.Accepted, parts.Hub.Metrics.Duplicates));
        Assert.Equal(2, actor.Record.Unrolls);
        Assert.Equal(2, actor.Told.NextTaken);
        Assert.Equal(0, actor.Told.NextSequenceNumber); // neither journalled nor learned from
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
        Assert.Equal(0, parts.Hub.Intake.QueueLength);
        await actor.SendAsync(1); // the refused one stands in the place that was due
        Assert.Equal(1, parts.Hub.Intake.QueueLength);
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
        Assert.Equal(2, parts.Hub.Intake.QueueCapacity);
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
        (_, _, LearnerMessage answer) = parts.Hub.Admission.Join(FleetParts.Hello("b"));
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
                Assert.InRange(parts.Hub.Clock.GetElapsedTime(actor.Record.LastMessage).TotalSeconds, 0, 60);
            }
            return string.Join('\n', told);
        }

        Assert.Equal(await Play(TimeProvider.System), await Play(SteadyTime.Jumping));
    }
}

using Actors.Fleet;
using Fleet.Admission;
using Google.Protobuf;
using Learners.Training;
using Protos.Fleet;
using Tests.LearnerTests.Metrics;
using Xunit;

namespace Tests.FleetTests.Admission;

/// <summary>Whose an actor's name is, and for how long.</summary>
public sealed class NameTests : IDisposable
{
    private readonly ManualTime _clock = new();
    private readonly FleetParts _parts;

    public NameTests() => _parts = new FleetParts(clock: _clock);

    public void Dispose() => _parts.Dispose();

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 7)]
    [InlineData(false, 0)]
    public async Task Join_NameOfAConnectedActor_StrangerIsRefusedAndTheActorGoesOn(bool hasSecret, int strangersSecret)
    {
        (ActorRecord? actor, ActorConnection? connection, _) = _parts.Hub.Admission.Join(HelloOf(1, hasSecret ? 1 : 0));

        (ActorRecord? stranger, _, LearnerMessage answer) = _parts.Hub.Admission.Join(HelloOf(2, strangersSecret));

        Assert.Null(stranger);
        Assert.Equal(Goodbye.Types.Reason.TryLater, answer.Goodbye.Reason);
        Assert.Contains("The name 'a' is held by another actor", answer.Goodbye.Detail, StringComparison.Ordinal);
        Assert.Null(connection!.Goodbye);
        await new TestActor(_parts, actor!, connection, new Welcome(), 2).SendAsync(0);
        Assert.Equal(1, _parts.Hub.Metrics.Accepted);
    }

    [Fact]
    public void Join_IncarnationOfAnActorWithASecret_IsNotEnoughToTakeItOver()
    {
        (_, ActorConnection? connection, _) = _parts.Hub.Admission.Join(HelloOf(1, secret: 1));

        (_, _, LearnerMessage answer) = _parts.Hub.Admission.Join(HelloOf(1, secret: 0, streams: 9));

        Assert.Equal(Goodbye.Types.Reason.TryLater, answer.Goodbye.Reason);
        Assert.Null(connection!.Goodbye);
    }

    [Theory]
    [InlineData(1, 1)] // it reconnects
    [InlineData(2, 1)] // its environments were made anew
    [InlineData(1, 0)] // an actor of an earlier release reconnects
    public void Join_HolderAgain_TakesItsNameOverAtOnce(long incarnation, int secret)
    {
        (_, ActorConnection? old, _) = _parts.Hub.Admission.Join(HelloOf(1, secret));

        (_, ActorConnection? fresh, LearnerMessage answer) = _parts.Hub.Admission.Join(HelloOf(incarnation, secret, streams: 1));

        Assert.NotNull(answer.Welcome);
        Assert.Null(fresh!.Goodbye);
        Assert.Equal(Goodbye.Types.Reason.Replaced, old!.Goodbye!.Reason);
    }

    [Fact]
    public void Join_ActorThatWasKilledAndStartedAgain_GetsItsNameOnceTheLeaseIsOver()
    {
        (ActorRecord? actor, ActorConnection? connection, _) = _parts.Hub.Admission.Join(HelloOf(1, secret: 1));
        _parts.Hub.Admission.Leave(actor!, connection!, broke: true);

        Assert.Equal(Goodbye.Types.Reason.TryLater, _parts.Hub.Admission.Join(HelloOf(2, secret: 2)).Answer.Goodbye.Reason);
        _clock.Now += TimeSpan.FromSeconds(10);
        (ActorRecord? again, _, LearnerMessage answer) = _parts.Hub.Admission.Join(HelloOf(2, secret: 2));

        Assert.Same(actor, again);
        Assert.Equal((actor!.Slot, 1), ((int)answer.Welcome.Slot, (int)answer.Welcome.Starts));
    }

    [Fact]
    public void Join_ActorThatLeftByItself_LeavesItsNameFreeAtOnce()
    {
        (ActorRecord? actor, ActorConnection? connection, _) = _parts.Hub.Admission.Join(HelloOf(1, secret: 1));
        _parts.Hub.Admission.Leave(actor!, connection!, broke: false);

        Assert.NotNull(_parts.Hub.Admission.Join(HelloOf(2, secret: 2)).Answer.Welcome);
    }

    [Fact]
    public async Task Join_NameThatAStrangerWasQuarantinedUnder_IsGivenToTheNextOneAfresh()
    {
        TestActor stranger = _parts.Join("a", incarnation: 1);
        for (int i = 0; i < 3; i++)
        {
            await stranger.SendAsync([0]);
        }
        Assert.Equal(
            Goodbye.Types.Reason.Quarantined,
            _parts.Hub.Admission.Join(FleetParts.Hello("a", incarnation: 1)).Answer.Goodbye.Reason
        );
        stranger.Leave();
        _clock.Now += TimeSpan.FromSeconds(10);
        Assert.Equal(
            Goodbye.Types.Reason.Quarantined,
            _parts.Hub.Admission.Join(FleetParts.Hello("a", incarnation: 1)).Answer.Goodbye.Reason
        );

        (ActorRecord? actor, _, LearnerMessage answer) = _parts.Hub.Admission.Join(HelloOf(2, secret: 2));

        Assert.NotNull(answer.Welcome);
        Assert.Null(actor!.Quarantine);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(65)]
    public void Join_SecretThatIsTooShortOrTooLong_IsNotWelcome(int length)
    {
        Hello hello = HelloOf(1, secret: 0);
        hello.Secret = ByteString.CopyFrom(new byte[length]);

        Goodbye goodbye = _parts.Hub.Admission.Join(hello).Answer.Goodbye;

        Assert.Equal(Goodbye.Types.Reason.NotWelcome, goodbye.Reason);
        Assert.Contains("16 to 64 bytes", goodbye.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Join_ManyIncarnationsThatSendNothing_AreNotRemembered()
    {
        for (int i = 1; i <= 5_000; i++)
        {
            _parts.Hub.Admission.Join(HelloOf(i, secret: 1, streams: (ulong)i));
        }

        ActorRecord actor = Assert.Single(_parts.Hub.Roster.List());
        Assert.Equal([5_000L], actor.Ledgers.Keys);
        Assert.Equal(5_000, actor.Starts);
    }

    [Fact]
    public async Task RunAsync_SecondActorOfAName_WaitsUntilTheFirstOneHasLeftAndActsThen()
    {
        using var folder = new TemporaryFolder();
        using var run = new FleetRun(folder);
        using var stopLearner = new CancellationTokenSource();
        using var stopFirst = new CancellationTokenSource();
        Task<TrainingResult> learning = run.LearnAsync(FleetRun.Small with { TotalSteps = 1_000_000_000 }, stopLearner.Token);
        Task<ActorResult> first = run.ActAsync("twin", cancellationToken: stopFirst.Token);
        run.AwaitActorLog("Connected to run", 1);
        Task<ActorResult> second = run.ActAsync("twin");
        run.AwaitActorLog("The name 'twin' is held by another actor", 1);
        Assert.False(first.IsCompleted);

        await stopFirst.CancelAsync();
        ActorResult left = await first;
        run.AwaitActorLog("Connected to run", 2);

        Assert.False(left.RunCompleted);
        Assert.Equal(0, left.Reconnects); // the other one never took its place
        await stopLearner.CancelAsync();
        await learning;
        Assert.False(second.IsCompleted);
    }

    private static Hello HelloOf(long incarnation, int secret, ulong streams = 0)
    {
        Hello hello = FleetParts.Hello("a", incarnation);
        hello.Streams = streams;
        hello.Secret = secret == 0 ? ByteString.Empty : ByteString.CopyFrom(Enumerable.Repeat((byte)secret, 32).ToArray());
        return hello;
    }
}

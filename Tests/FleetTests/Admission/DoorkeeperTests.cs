using Actors;
using Actors.Fleet;
using Agents.Policies.Acting;
using Environments;
using Fleet.Admission;
using Fleet.Checks;
using Fleet.Intake;
using Learners.Composition;
using Learners.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Protos.Fleet;
using Protos.Rpc;
using Tests.LearnerTests.Composition;
using Xunit;

namespace Tests.FleetTests.Admission;

public sealed class DoorkeeperTests
{
    private static FleetHub Hub()
    {
        TrainingSettings settings = SettingsSources.Load("CartPole-v1", "impala", null, []);
        using EnvironmentPipeline pipeline = EnvironmentPipeline.ForTraining(
            EnvironmentRegistry.Default.Make("CartPole-v1"),
            settings.Wrappers,
            settings.Agent.DiscountFactor
        );
        var spec = pipeline.NetworkFor(settings.Network);
        UnrollChecks checks = UnrollChecks.For(pipeline, spec, pipeline.ShapeFor(spec, settings.Agent.UnrollLength), settings);
        var hub = new FleetHub(settings, "run", checks, null, TimeProvider.System, NullLogger.Instance);
        hub.Publish(new float[4], 0, null);
        return hub;
    }

    private static Hello HelloOf(ulong streams, long incarnation = 1) =>
        new()
        {
            ProtocolVersion = FleetMethods.ProtocolVersion,
            ActorId = "a",
            Incarnation = incarnation,
            Streams = streams,
            Secret = Google.Protobuf.ByteString.CopyFrom(new byte[32]),
        };

    [Fact]
    public void Join_HelloOfAnEarlierStream_LeavesTheLaterOneAlone()
    {
        using FleetHub hub = Hub();
        (_, ActorConnection? later, _) = hub.Admission.Join(HelloOf(streams: 3));

        (_, ActorConnection? earlier, LearnerMessage answer) = hub.Admission.Join(HelloOf(streams: 2));

        Assert.Null(earlier);
        Assert.Equal(Goodbye.Types.Reason.Replaced, answer.Goodbye.Reason);
        Assert.Null(later!.Goodbye);
    }

    [Fact]
    public void Join_HelloOfALaterStreamOrStart_TakesOver()
    {
        using FleetHub hub = Hub();
        (_, ActorConnection? first, _) = hub.Admission.Join(HelloOf(streams: 3));
        (_, ActorConnection? second, _) = hub.Admission.Join(HelloOf(streams: 4));
        (_, ActorConnection? restarted, _) = hub.Admission.Join(HelloOf(streams: 0, incarnation: 2));

        Assert.Equal(Goodbye.Types.Reason.Replaced, first!.Goodbye!.Reason);
        Assert.Equal(Goodbye.Types.Reason.Replaced, second!.Goodbye!.Reason);
        Assert.Null(restarted!.Goodbye);
    }

    [Fact]
    public async Task ReceiveAsync_ThreeDefects_QuarantineOnceAndHearNoMore()
    {
        using FleetHub hub = Hub();
        (ActorRecord? actor, ActorConnection? connection, _) = hub.Admission.Join(HelloOf(streams: 0));

        for (int i = 0; i < 5; i++)
        {
            await hub.Intake.ReceiveAsync(actor!, connection!, new ActorFrame { Defect = "it is noise" });
        }

        Assert.StartsWith("3 messages in a row", actor!.Quarantine, StringComparison.Ordinal);
        Assert.Equal(3, actor.Refused);
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
        parts.Hub.Admission.Leave(old.Record, old.Connection, broke: false);

        TestActor fresh = parts.Join("a", incarnation: 6);
        await fresh.SendAsync(0);

        Assert.Equal((0, 1ul, 0u), (fresh.Welcome.NextSequenceNumber, fresh.Welcome.Starts, fresh.Welcome.Slot));
        Assert.Equal(3, parts.Hub.Intake.QueueLength);
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

        (ActorRecord? actor, _, LearnerMessage answer) = parts.Hub.Admission.Join(hello);

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

        (_, _, LearnerMessage answer) = parts.Hub.Admission.Join(hello);

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
    public async Task Join_LockStepOnlyOneActor_OthersAreToldSo()
    {
        using var parts = new FleetParts(new FleetSettings { LockStep = true });
        TestActor actor = parts.Join("a", copies: 4);
        Assert.True(actor.Welcome.LockStep);
        Assert.Equal(0, actor.Welcome.NextBatch);
        await actor.SendAsync(0);

        (_, _, LearnerMessage other) = parts.Hub.Admission.Join(FleetParts.Hello("b", copies: 4));
        (_, _, LearnerMessage few) = parts.Hub.Admission.Join(FleetParts.Hello("a", copies: 2));

        Assert.Contains("there is one actor", other.Goodbye.Detail, StringComparison.Ordinal);
        Assert.Contains("steps all 4 copies", few.Goodbye.Detail, StringComparison.Ordinal);
        parts.Hub.Admission.Leave(actor.Record, actor.Connection, broke: false);
        Assert.Equal(1, parts.Join("a", incarnation: 2, copies: 4).Welcome.NextBatch);
    }
}

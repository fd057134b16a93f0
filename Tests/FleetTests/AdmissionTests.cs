using Actors;
using Environments;
using Fleet;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Microsoft.Extensions.Logging.Abstractions;
using Protos.Fleet;
using Protos.Rpc;
using Xunit;

namespace Tests.FleetTests;

public sealed class AdmissionTests
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
        (_, ActorConnection? later, _) = hub.Join(HelloOf(streams: 3));

        (_, ActorConnection? earlier, LearnerMessage answer) = hub.Join(HelloOf(streams: 2));

        Assert.Null(earlier);
        Assert.Equal(Goodbye.Types.Reason.Replaced, answer.Goodbye.Reason);
        Assert.Null(later!.Goodbye);
    }

    [Fact]
    public void Join_HelloOfALaterStreamOrStart_TakesOver()
    {
        using FleetHub hub = Hub();
        (_, ActorConnection? first, _) = hub.Join(HelloOf(streams: 3));
        (_, ActorConnection? second, _) = hub.Join(HelloOf(streams: 4));
        (_, ActorConnection? restarted, _) = hub.Join(HelloOf(streams: 0, incarnation: 2));

        Assert.Equal(Goodbye.Types.Reason.Replaced, first!.Goodbye!.Reason);
        Assert.Equal(Goodbye.Types.Reason.Replaced, second!.Goodbye!.Reason);
        Assert.Null(restarted!.Goodbye);
    }

    [Fact]
    public async Task ReceiveAsync_ThreeDefects_QuarantineOnceAndHearNoMore()
    {
        using FleetHub hub = Hub();
        (ActorRecord? actor, ActorConnection? connection, _) = hub.Join(HelloOf(streams: 0));

        for (int i = 0; i < 5; i++)
        {
            await hub.ReceiveAsync(actor!, connection!, new ActorFrame { Defect = "it is noise" });
        }

        Assert.StartsWith("3 messages in a row", actor!.Quarantine, StringComparison.Ordinal);
        Assert.Equal(3, actor.Refused);
    }
}

using Fleet.Admission;
using Protos;
using Protos.Fleet;
using Protos.Rpc;
using Tests.ProtoTests.Fleet;

namespace Tests.FleetTests;

/// <summary>An actor of a test: sends what it is told to.</summary>
internal sealed class TestActor(FleetParts parts, ActorRecord record, ActorConnection connection, Welcome welcome, int copies)
{
    public ActorRecord Record => record;
    public ActorConnection Connection => connection;
    public Welcome Welcome => welcome;

    /// <summary>What it would be told now.</summary>
    public Acknowledgement Told => parts.Hub.Intake.AcknowledgementFor(record, connection).Acknowledgement;

    /// <summary>Sends an unroll over the wire.</summary>
    public Task SendAsync(long number, long version = 0, float reward = 1) =>
        SendAsync(parts.Unroll(number, copies, version, reward));

    /// <summary>Sends any unroll over the wire.</summary>
    public Task SendAsync(Unroll unroll) => SendAsync(Wire.Write(new ActorFrame { Unroll = unroll }));

    /// <summary>Sends any bytes.</summary>
    public async Task SendAsync(byte[] message) =>
        await parts.Hub.Intake.ReceiveAsync(record, connection, ActorWire.Read(new(message), parts.Hub.Intake.Pool));

    /// <summary>Its stream ends.</summary>
    public void Leave() => parts.Hub.Admission.Leave(record, connection);
}

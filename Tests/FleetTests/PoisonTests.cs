using Google.Protobuf;
using Learners.Composition;
using Protos;
using Protos.Fleet;
using Tests.ProtoTests.Fleet;
using Xunit;

namespace Tests.FleetTests;

/// <summary>Unrolls that nobody should learn from.</summary>
public sealed class PoisonTests
{
    public static TheoryData<string, string> Poisons =>
        new()
        {
            { "reward that is no number", "rewards holds a number that is not finite" },
            { "infinite observation", "frames_data holds a number that is not finite" },
            { "reward out of this world", "rewards holds 1E+30, beyond" },
            { "probability of nothing", "behaviour_log_probs holds 1E+20, beyond" },
            { "probability above 1", "the log-probability 0.5 of row 2 is above 0" },
            { "action out of range", "action 2 of row 3 is not in" },
            { "action in between", "action 0.5 of row 3 is not in" },
            { "absurd number", "nobody has sent" },
            { "other shape", "it is 3 steps of 1 × 4 floats" },
            { "absurd length", "it is 2147483647 steps" },
            { "more copies", "it has 3 copies, which do not divide" },
            { "other copies", "it has 4 copies, but its actor announced 2" },
            { "second hello", "it is a second hello" },
            { "noise", "do not add up" },
        };

    [Theory]
    [MemberData(nameof(Poisons))]
    public async Task ReceiveAsync_Poison_IsRefusedByNameAndQuarantinesInTheEnd(string name, string expected)
    {
        using var parts = new FleetParts(new FleetSettings { QuarantineAfter = 2, QueueBatches = 8 });
        TestActor actor = parts.Join("a");
        byte[] message = Poison(parts, name);

        await actor.SendAsync(message);

        Assert.Equal((1, 0), (parts.Hub.Metrics.Refused, parts.Hub.Intake.QueueLength));
        Acknowledgement told = actor.Told;
        Assert.Equal((1, 1, 1), (told.NextSequenceNumber, told.NextTaken, told.Refused)); // nobody should send it again
        Assert.Null(actor.Connection.Goodbye);

        await actor.SendAsync(message);

        Goodbye goodbye = actor.Connection.Goodbye!;
        Assert.Equal(Goodbye.Types.Reason.Quarantined, goodbye.Reason);
        Assert.Contains("2 messages in a row were refused", goodbye.Detail, StringComparison.Ordinal);
        Assert.Contains(expected, goodbye.Detail, StringComparison.Ordinal);
        (_, _, LearnerMessage answer) = parts.Hub.Admission.Join(FleetParts.Hello("a"));
        Assert.Equal(goodbye, answer.Goodbye);
    }

    [Fact]
    public async Task ReceiveAsync_GoodUnrollsInBetween_BeginTheCountAnew()
    {
        using var parts = new FleetParts(new FleetSettings { QuarantineAfter = 2, QueueBatches = 8 });
        TestActor actor = parts.Join("a");
        for (int i = 0; i < 4; i++)
        {
            await actor.SendAsync([0]);
            await actor.SendAsync(2 * i + 1);
        }

        Assert.Null(actor.Connection.Goodbye);
        Assert.Equal((4, 4), (parts.Hub.Metrics.Refused, parts.Hub.Metrics.Accepted));
        Assert.Equal(0, parts.Hub.Metrics.Missing);
    }

    [Fact]
    public async Task ReceiveAsync_PoisonOfOneActor_DoesNotTouchAnother()
    {
        using var parts = new FleetParts(new FleetSettings { QuarantineAfter = 1, QueueBatches = 8 });
        parts.Publish(0);
        TestActor bad = parts.Join("bad");
        TestActor good = parts.Join("good");
        await bad.SendAsync([0]);
        await good.SendAsync(0, reward: 4);
        await good.SendAsync(1, reward: 5);

        await parts.ExpectAsync(4, 4, 5, 5);
        Assert.Null(good.Connection.Goodbye);
        Assert.NotNull(bad.Connection.Goodbye);
    }

    private static byte[] Poison(FleetParts parts, string name)
    {
        Unroll unroll = parts.Unroll(0);
        switch (name)
        {
            case "reward that is no number":
                unroll.Rewards[1] = float.NaN;
                break;
            case "infinite observation":
                unroll.Observations.Write(1, [1, 2, 3, 4, 5, float.NegativeInfinity, 7, 8]);
                break;
            case "reward out of this world":
                unroll.Rewards[1] = 1e30f;
                break;
            case "probability of nothing":
                unroll.BehaviourLogProbs[0] = -1e20f;
                break;
            case "probability above 1":
                unroll.BehaviourLogProbs[2] = 0.5f;
                break;
            case "action out of range":
                unroll.Actions[3] = 2;
                break;
            case "action in between":
                unroll.Actions[3] = 0.5f;
                break;
            case "absurd number":
                unroll = parts.Unroll(long.MaxValue);
                break;
            case "other shape":
                unroll = new Unroll(parts.Shape with { Steps = 3, Copies = 2 });
                break;
            case "absurd length":
                var lying = new UnrollMessage
                {
                    Steps = int.MaxValue,
                    Copies = 2,
                    FrameSize = 4,
                    Frames = 1,
                    ActionSize = 1,
                    Rewards = ByteString.CopyFrom(new byte[16]),
                };
                return new ActorMessage { Unroll = lying }.ToByteArray();
            case "more copies":
                unroll = parts.Unroll(0, copies: 3);
                break;
            case "other copies":
                unroll = parts.Unroll(0, copies: 4);
                break;
            case "second hello":
                return Wire.Write(new ActorFrame { Hello = FleetParts.Hello("a") });
            default:
                return [0, 1, 2];
        }
        return Wire.Write(new ActorFrame { Unroll = unroll });
    }
}

using System.Net.Sockets;
using System.Runtime.InteropServices;
using Actors.Fleet;
using Environments.Randomness;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Learners.Composition;
using Learners.Impala;
using Learners.Training;
using Protos;
using Protos.Fleet;
using Protos.Rpc;
using Tests.ProtoTests;
using Tests.ProtoTests.Fleet;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests;

/// <summary>Damaged messages at a learner's live port, beside an honest actor.</summary>
public sealed class HostileTrafficTests(ITestOutputHelper output) : IDisposable
{
    private static readonly Method<byte[], byte[]> Raw = new(
        MethodType.DuplexStreaming,
        "agents.fleet.v1.Fleet",
        "StreamUnrolls",
        Marshallers.Create(bytes => bytes, bytes => bytes),
        Marshallers.Create(bytes => bytes, bytes => bytes)
    );

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task TrainAsync_DamagedMessages_LearnerGoesOn() => AttackAsync(streams: 20, messages: 25);

    /// <summary>The long one, run by hand: <c>Tests -explicit only -method "*HostileTrafficTests*"</c>.</summary>
    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public Task TrainAsync_TenThousandDamagedMessages_LearnerGoesOn() => AttackAsync(streams: 100, messages: 100);

    private async Task AttackAsync(int streams, int messages)
    {
        using var run = new FleetRun(_folder);
        long steps = 0;
        run.Updated = progress => Volatile.Write(ref steps, progress.EnvironmentSteps);
        using var stop = new CancellationTokenSource();
        TrainingSettings settings = FleetRun.Small with
        {
            TotalSteps = 1_000_000_000,
            Agent = FleetRun.Small.Of<ImpalaSettings>() with { MaxGradientNorm = 0 }, // nothing else tames what gets in
            Fleet = new FleetSettings { QuarantineAfter = 1_000, QueueBatches = 8 },
            Checkpoints = new CheckpointSettings { EverySteps = 1_000_000_000 },
        };
        Task<TrainingResult> learning = run.LearnAsync(settings, stop.Token);
        Task<ActorResult> honest = run.ActAsync("honest");
        await UntilAsync(() => Volatile.Read(ref steps) > 500, learning);

        var random = new Pcg64(3);
        using GrpcChannel channel = FleetChannel.Open(run.Address, null);
        int sent = 0;
        for (int i = 0; i < streams; i++)
        {
            sent += await SendAsync(channel, $"liar-{i % 10}", messages, random);
            random.NextUInt64();
            await NoiseAsync(_folder.In("s"), random);
        }
        long before = Volatile.Read(ref steps);
        await UntilAsync(() => Volatile.Read(ref steps) > before + 2_000, learning);
        FleetStatus status = await channel
            .CreateCallInvoker()
            .AsyncUnaryCall(FleetMethods.GetStatus, null, default, new StatusRequest());
        await stop.CancelAsync();
        TrainingResult result = await learning;

        output.WriteLine(
            $"{sent} messages sent, {status.UnrollsRefused} refused; {result.Updates} updates, {run.Warnings.Count} warnings {run.Warnings.FirstOrDefault()}"
        );
        Assert.True(result.Interrupted);
        Assert.InRange(status.UnrollsRefused, sent / 4, sent);
        Assert.True(status.Actors.Single(actor => actor.ActorId == "honest").Refused == 0);
        Assert.False(honest.IsCompleted);
    }

    private static async Task<int> SendAsync(GrpcChannel channel, string name, int messages, Pcg64 random)
    {
        byte[] hello = new ActorMessage { Hello = FleetParts.Hello(name, 1 + (long)(random.NextUInt64() >> 2)) }.ToByteArray();
        using AsyncDuplexStreamingCall<byte[], byte[]> call = channel
            .CreateCallInvoker()
            .AsyncDuplexStreamingCall(Raw, null, new CallOptions(deadline: Deadline.Utc));
        await call.RequestStream.WriteAsync(hello);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.NotNull(LearnerMessage.Parser.ParseFrom(call.ResponseStream.Current).Welcome);
        // What one sends before the learner hangs up must be read by it.
        Task reading = Task.Run(async () =>
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None)) { }
        });
        byte[][] valid = [.. Enumerable.Range(0, 4).Select(i => Wire.Write(new ActorFrame { Unroll = Honest(i) }))];
        int sent = 0;
        for (; sent < messages && !reading.IsCompleted; sent++)
        {
            byte[] message =
                sent % 10 == 9
                    ? Mutations.Noise(ref random)
                    : Mutations.Mutate(valid[sent % 4], valid[(sent + 1) % 4], ref random);
            await call.RequestStream.WriteAsync(message);
        }
        await call.RequestStream.CompleteAsync();
        await reading.InTime().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return sent;
    }

    private static Unroll Honest(int number)
    {
        Unroll unroll = Unrolls.Random(new UnrollShape(8, 2, new ObservationFormat(4), 1, 0), (ulong)number);
        unroll.Header = new UnrollHeader("", 0, number, 0, "");
        foreach (ref float value in MemoryMarshal.Cast<byte, float>(unroll.Observations.Bytes))
        {
            value = Math.Clamp(value, -0.4f, 0.4f); // where poles stand
        }
        for (int row = 0; row < 16; row++)
        {
            unroll.Actions[row] = row % 2;
            unroll.BehaviourLogProbs[row] = -0.7f;
        }
        return unroll;
    }

    private static async Task NoiseAsync(string path, Pcg64 random)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await socket.SendAsync(Mutations.Noise(ref random));
    }

    private static async Task UntilAsync(Func<bool> condition, Task learning)
    {
        await Deadline.UntilAsync(() => condition() || learning.IsCompleted, () => "The learner does not go on.");
        if (learning.IsCompleted)
        {
            await learning;
            Assert.Fail("The learner ended.");
        }
    }
}

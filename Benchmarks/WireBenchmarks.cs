using System.Diagnostics;
using System.Net.Sockets;
using Actors.Fleet;
using Agents.Networks;
using Environments.Spaces;
using Fleet.Checks;
using Fleet.Hosting;
using Fleet.Intake;
using Grpc.Core;
using Grpc.Net.Client;
using Learners.Composition;
using Learners.Impala;
using Microsoft.Extensions.Logging.Abstractions;
using Protos;
using Protos.Fleet;
using Protos.Rpc;

namespace Benchmarks;

/// <summary>
/// What it costs to bring an unroll from an actor to the learner's queue and its acknowledgement back: both sides, in one process; and the same
/// bytes, unpacked, through a bare Unix socket.
/// </summary>
internal static class WireBenchmarks
{
    private const int WarmUp = 30_000;
    private const int Unrolls = 2_000;
    private const int Repetitions = 5;

    /// <summary>Many numbers and few.</summary>
    public static IEnumerable<BenchmarkCase> Cases =>
        [
            new("wire/pixels", name => Pixels(name, compress: true)),
            new("wire/pixels-uncompressed", name => Pixels(name, compress: false)),
            new("wire/vectors", Vectors),
        ];

    /// <summary>Twenty steps of four 84 × 84 frames of bytes, as a game shows them.</summary>
    /// <param name="name">Name of the case.</param>
    /// <param name="compress">Whether frames may be packed.</param>
    private static IEnumerable<BenchmarkResult> Pixels(string name, bool compress) =>
        Task.Run(() => MeasureAsync(name, new Box(0, 255, 4, 84, 84) { ElementType = ElementType.UInt8 }, 1, 4, compress))
            .GetAwaiter()
            .GetResult();

    /// <summary>Twenty steps of 64 CartPoles.</summary>
    private static IEnumerable<BenchmarkResult> Vectors(string name) =>
        Task.Run(() => MeasureAsync(name, new Box(-1, 1, 4), 64, 1, compress: false)).GetAwaiter().GetResult();

    private static async Task<IEnumerable<BenchmarkResult>> MeasureAsync(
        string name,
        Box observations,
        int copies,
        int frames,
        bool compress
    )
    {
        var settings = new TrainingSettings
        {
            Agent = new ImpalaSettings { Copies = copies, UnrollLength = 20 },
            Fleet = new FleetSettings
            {
                CopiesPerActor = copies,
                QueueBatches = 8,
                MaxInFlight = 4,
            },
        };
        var spec = new NetworkSpec(observations, new Discrete(6), new NetworkSettings { HiddenSizes = [1] });
        var format = new ObservationFormat(observations.Size / frames, frames, observations.ElementType == ElementType.UInt8);
        var shape = new UnrollShape(20, copies, format, 1, 0);
        var checks = new UnrollChecks(spec, shape, settings.Agent);
        using var hub = new FleetHub(settings, "bench", checks, null, TimeProvider.System, NullLogger.Instance);
        hub.Publish(new float[16], 0, null);
        string socket = Path.Combine(Path.GetTempPath(), $"agents-bench-{Environment.ProcessId}.sock");
        var board = new FleetStatusBoard(settings, "");
        var options = new FleetOptions { Listen = "unix:" + socket };
        await using FleetServer server = await FleetServer
            .StartAsync(FleetServer.Bind(options), hub, board, options, NullLoggerFactory.Instance)
            .ConfigureAwait(false);
        using var ending = new CancellationTokenSource();
        Task learner = DrainAsync(hub, ending.Token);
        using GrpcChannel channel = FleetChannel.Open("unix:" + socket, null);
        using var actor = new Sender(channel.CreateCallInvoker(), Record(shape), compress, copies);
        await actor.ConnectAsync().ConfigureAwait(false);
        await actor.SendAsync(WarmUp).ConfigureAwait(false);

        // The same numbers through a bare socket right after each repetition: how fast this machine is at that moment.
        int plain = new UnrollWriter(compress: false).Measure(Record(shape));
        RawSocket(plain, Unrolls);
        var seconds = new double[Repetitions];
        var raw = new double[Repetitions];
        double start = Stopwatches.CpuSeconds;
        long allocated = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            double before = Stopwatches.CpuSeconds;
            long bytes = GC.GetTotalAllocatedBytes();
            await actor.SendAsync(Unrolls).ConfigureAwait(false);
            seconds[i] = (Stopwatches.CpuSeconds - before) / Unrolls;
            allocated += GC.GetTotalAllocatedBytes() - bytes;
            raw[i] = RawSocket(plain, Unrolls);
        }
        double total = Stopwatches.CpuSeconds - start;
        await ending.CancelAsync().ConfigureAwait(false);
        hub.Close(Goodbye.Types.Reason.LearnerStops, "");
        await learner.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        double payload = actor.PayloadBytes;
        return
        [
            Figure(name, "us/unroll", total, [.. seconds.Select(value => value * 1e6)]) with
            {
                AllocatedBytes = allocated / (double)(Unrolls * Repetitions),
            },
            Figure(name + "-per-gb", "cpu_s/GB", total, [.. seconds.Select(value => value / payload * 1e9)]),
            Figure(name + "-raw-socket", "us/unroll", total, [.. raw.Select(value => value * 1e6)]),
            Figure(name + "-to-raw", "x", total, [.. seconds.Zip(raw, (ours, bare) => ours / bare)]),
        ];
    }

    private static BenchmarkResult Figure(string name, string unit, double cpuSeconds, double[] values) =>
        new()
        {
            Name = name,
            Engine = "none",
            Value = Stopwatches.Median(values),
            Low = values.Min(),
            High = values.Max(),
            Unit = unit,
            CpuSeconds = cpuSeconds,
        };

    // Processor seconds of both sides for one message, plain and blocking.
    private static double RawSocket(int length, int messages)
    {
        string path = Path.Combine(Path.GetTempPath(), $"agents-bench-{Environment.ProcessId}-raw.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        using var sender = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        sender.Connect(new UnixDomainSocketEndPoint(path));
        using Socket receiver = listener.Accept();
        File.Delete(path);
        double before = Stopwatches.CpuSeconds;
        var receiving = new Thread(() =>
        {
            var buffer = new byte[length];
            for (long left = (long)length * messages; left > 0; )
            {
                int count = receiver.Receive(buffer);
                if (count == 0)
                {
                    return;
                }
                left -= count;
            }
        });
        receiving.Start();
        var bytes = new byte[length];
        for (int i = 0; i < messages; i++)
        {
            sender.Send(bytes);
        }
        receiving.Join();
        return (Stopwatches.CpuSeconds - before) / messages;
    }

    private static async Task DrainAsync(FleetHub hub, CancellationToken cancellationToken)
    {
        while (true)
        {
            PendingUnroll pending = await hub.Intake.Queue.ReadAsync(cancellationToken).ConfigureAwait(false);
            pending.Settle();
            hub.Intake.Pool.Return(pending.Unroll);
        }
    }

    // A flat background with a border, bricks and two dozen moving sprites; games hold as much that repeats.
    private static Unroll Record(UnrollShape shape)
    {
        var unroll = new Unroll(shape);
        int size = shape.Observations.ObservationSize;
        var observations = new float[shape.Copies * size];
        for (int t = 0; t <= shape.Steps; t++)
        {
            for (int i = 0; i < observations.Length; i++)
            {
                int pixel = i % shape.Observations.FrameSize;
                int frame = i / shape.Observations.FrameSize;
                (int y, int x) = Math.DivRem(pixel, 84);
                bool sprite = (x + 3 * (t + frame) + 7 * (y / 12)) % 29 < 4 && y % 12 < 6;
                observations[i] = shape.Observations.IsBytes
                    ? (
                        sprite ? 200
                        : y is < 4 or > 80 ? 90
                        : y is > 10 and < 24 ? 40 * (x / 12 % 4)
                        : 0
                    )
                    : MathF.Sin(t + i);
            }
            unroll.Observations.Write(t, observations);
        }
        Array.Fill(unroll.BehaviourLogProbs, -1.79f);
        return unroll;
    }

    private sealed class Sender(CallInvoker invoker, Unroll unroll, bool compress, int copies) : IDisposable
    {
        private readonly UnrollWriter _writer = new(compress);
        private readonly ActorFrame _frame = new() { Unroll = unroll };
        private AsyncDuplexStreamingCall<ActorFrame, LearnerMessage>? _call;
        private LearnerMessages? _messages;
        private int _maxInFlight;
        private long _number;

        public long PayloadBytes => new UnrollWriter(compress).Measure(unroll);

        public async Task ConnectAsync()
        {
            _call = invoker.AsyncDuplexStreamingCall(FleetMethods.StreamFrom(_writer), null, new CallOptions());
            var hello = new Hello
            {
                ProtocolVersion = FleetMethods.ProtocolVersion,
                ActorId = "bench",
                Incarnation = 1,
                Copies = (uint)copies,
            };
            await _call.RequestStream.WriteAsync(new ActorFrame { Hello = hello }).ConfigureAwait(false);
            await _call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false);
            Welcome welcome = _call.ResponseStream.Current.Welcome;
            _maxInFlight = (int)welcome.MaxInFlight;
            _messages = new LearnerMessages(_call.ResponseStream, welcome, CancellationToken.None);
        }

        public async Task SendAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                while (_number - _messages!.NextTaken >= _maxInFlight)
                {
                    await _messages.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                }
                unroll.Header = unroll.Header with { SequenceNumber = _number++ };
                await _call!.RequestStream.WriteAsync(_frame).ConfigureAwait(false);
            }
            while (_messages!.NextSafe < _number)
            {
                await _messages.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            }
            Debug.Assert(_messages.Goodbye is null);
        }

        public void Dispose() => _call?.Dispose();
    }
}

using System.Buffers;
using System.Runtime.InteropServices;
using Actors;
using Agents.Networks;
using Chaos.Campaigns;
using Environments;
using Environments.Randomness;
using Fleet.Checks;
using Google.Protobuf;
using Learners.Composition;
using Learners.Configuration;
using Protos;
using Protos.Fleet;
using Protos.Rpc;

namespace Chaos.Messages;

/// <summary>Draws messages that no actor sends: random bytes, real hellos and unrolls with damage, and whole ones whose numbers cannot be.</summary>
internal sealed class DamagedMessages
{
    private const int Copies = 8;
    private const int LongestNoise = 4_096;

    private static readonly float[] OddNumbers =
    [
        float.NaN,
        float.PositiveInfinity,
        float.NegativeInfinity,
        float.MaxValue,
        3e38f,
        -3e38f,
        1e30f,
        1e9f,
        -1e9f,
        1e7f,
        1_000,
        5,
        -5,
        2,
        0.5f,
        float.Epsilon,
        -0f,
    ];

    private static readonly long[] OddCounts =
    [
        long.MaxValue,
        long.MinValue,
        -1,
        1L << 62,
        1L << 53,
        1L << 40,
        1_000_001,
        1_001,
        7,
    ];

    private readonly Unroll _unroll;
    private readonly UnrollWriter _writer = new();
    private Pcg64 _random;

    /// <summary>Messages for a learner of an environment.</summary>
    public DamagedMessages(string environment, ulong seed)
    {
        TrainingSettings settings = TunedSettings.For(environment, "impala");
        using EnvironmentPipeline pipeline = EnvironmentPipeline.ForTraining(
            EnvironmentRegistry.Default.Make(environment),
            settings.Wrappers,
            settings.Agent.DiscountFactor
        );
        NetworkSpec spec = pipeline.NetworkFor(settings.Network);
        UnrollShape shape = pipeline.ShapeFor(spec, settings.Agent.UnrollLength);
        Checks = UnrollChecks.For(pipeline, spec, shape with { Copies = settings.Agent.Copies }, settings);
        Possible = new PossibleUnrolls(pipeline.Environment.Spec);
        _unroll = new Unroll(shape with { Copies = Copies });
        _random = new Pcg64(seed);
    }

    /// <summary>What such a learner asks of unrolls.</summary>
    public UnrollChecks Checks { get; }

    /// <summary>What unrolls of the environment may hold, told without the learner's own code.</summary>
    public PossibleUnrolls Possible { get; }

    /// <summary>A number in [0, <paramref name="count"/>).</summary>
    public int Next(int count) => _random.NextInt(0, count);

    /// <summary>A hello that is well formed, of an actor with a secret or one of an earlier release.</summary>
    public byte[] Hello(string actor)
    {
        var hello = new Hello
        {
            ProtocolVersion = FleetMethods.ProtocolVersion,
            ActorId = actor,
            Incarnation = 1 + (long)(_random.NextUInt64() >> 2),
            Copies = Copies,
            NextSequenceNumber = Next(4) == 0 ? Math.Max(0, OddCounts[Next(OddCounts.Length)]) : 0,
            Secret = Next(2) == 0 ? ByteString.Empty : ByteString.CopyFrom(Bytes(32)),
        };
        return new ActorMessage { Hello = hello }.ToByteArray();
    }

    /// <summary>A message that is wrong, or at least not what an actor would send.</summary>
    /// <param name="number">Sequence number where it is an unroll.</param>
    public byte[] Draw(long number)
    {
        switch (Next(6))
        {
            case 0:
                return Noise();
            case 1:
                return Damage(Hello("garbage"));
            case 2:
                return Cut(Unroll(number));
            case 3:
                return [.. Unroll(number), .. Noise()];
            case 4:
                return Damage(Unroll(number));
            default:
                return Absurd(number);
        }
    }

    /// <summary>Random bytes.</summary>
    public byte[] Noise() => Bytes(Next(LongestNoise));

    /// <summary>An unroll that an honest actor could have sent.</summary>
    public byte[] Unroll(long number)
    {
        Fill(number);
        return Write();
    }

    // Whole, and with a few numbers that are finite or not, in bounds or not.
    private byte[] Absurd(long number)
    {
        Fill(number);
        Span<float> frames = MemoryMarshal.Cast<byte, float>(_unroll.Observations.Bytes);
        for (int i = 1 + Next(3); i > 0; i--)
        {
            Span<float> numbers = Next(4) switch
            {
                0 => _unroll.Rewards,
                1 => _unroll.BehaviourLogProbs,
                2 => _unroll.Actions,
                _ => frames,
            };
            numbers[Next(numbers.Length)] = OddNumbers[Next(OddNumbers.Length)];
        }
        if (Next(3) == 0)
        {
            long odd = OddCounts[Next(OddCounts.Length)];
            _unroll.Header =
                Next(2) == 0 ? _unroll.Header with { SequenceNumber = odd } : _unroll.Header with { ParameterVersion = odd };
        }
        return Write();
    }

    private void Fill(long number)
    {
        for (int i = 0; i < _unroll.Rewards.Length; i++)
        {
            _unroll.Rewards[i] = (float)_random.NextUniform(-1, 1);
            _unroll.BehaviourLogProbs[i] = -0.7f;
            _unroll.Actions[i] = Next(2);
        }
        _unroll.Observations.Bytes.Clear();
        _unroll.Header = new UnrollHeader("", 0, number, 0, "");
    }

    private byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        int length = _writer.Measure(_unroll);
        UnrollWriter.WriteHeader(buffer, ActorMessage.UnrollFieldNumber, length);
        _writer.Write(_unroll, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private byte[] Damage(byte[] bytes) => Damages.Strike(bytes, ref _random);

    private byte[] Cut(byte[] bytes) => bytes[..Next(bytes.Length)];

    private byte[] Bytes(int count) => Damages.Noise(count, ref _random);
}

using System.Buffers;
using Actors;
using Environments;
using Environments.Randomness;
using Google.Protobuf;
using Learners.Training;
using Protos;
using Protos.Fleet;

namespace Learners.Fleet.Chaos;

/// <summary>Draws messages that no actor sends: random bytes, and real hellos and unrolls with damage.</summary>
internal sealed class GarbageMessages
{
    private const int Copies = 8;
    private const int LongestNoise = 4_096;

    private readonly Unroll _unroll;
    private readonly UnrollWriter _writer = new();
    private Pcg64 _random;

    /// <summary>Messages for a learner of an environment.</summary>
    public GarbageMessages(string environment, ulong seed)
    {
        TrainingSettings settings = SettingsSources.Load(environment, "impala", null, []);
        using EnvironmentPipeline pipeline = EnvironmentPipeline.ForTraining(
            EnvironmentRegistry.Default.Make(environment),
            settings.Wrappers,
            settings.ActorCritic.DiscountFactor
        );
        UnrollShape shape = pipeline.ShapeFor(pipeline.NetworkFor(settings.Network), settings.ActorCritic.UnrollLength);
        _unroll = new Unroll(shape with { Copies = Copies });
        _random = new Pcg64(seed);
    }

    /// <summary>A number in [0, <paramref name="count"/>).</summary>
    public int Next(int count) => (int)_random.NextUniform(0, count);

    /// <summary>A hello that the learner accepts.</summary>
    public byte[] Hello(string actor) =>
        new ActorMessage
        {
            Hello = new Hello
            {
                ProtocolVersion = FleetMethods.ProtocolVersion,
                ActorId = actor,
                Incarnation = 1 + (long)(_random.NextUInt64() >> 2),
                Copies = Copies,
            },
        }.ToByteArray();

    /// <summary>A message that is wrong, or at least not what an actor would send.</summary>
    /// <param name="number">Sequence number where it is an unroll.</param>
    public byte[] Draw(long number) =>
        Next(5) switch
        {
            0 => Noise(),
            1 => Damage(Hello("garbage")),
            2 => Cut(UnrollOf(number)),
            3 => [.. UnrollOf(number), .. Noise()],
            _ => Damage(UnrollOf(number)),
        };

    /// <summary>Random bytes.</summary>
    public byte[] Noise()
    {
        var bytes = new byte[Next(LongestNoise)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Next(256);
        }
        return bytes;
    }

    private byte[] UnrollOf(long number)
    {
        for (int i = 0; i < _unroll.Rewards.Length; i++)
        {
            _unroll.Rewards[i] = (float)_random.NextUniform(-1, 1);
            _unroll.BehaviourLogProbs[i] = -0.7f;
            _unroll.Actions[i] = Next(2);
        }
        _unroll.Header = new UnrollHeader("", 0, number, 0, "");
        var buffer = new ArrayBufferWriter<byte>();
        int length = _writer.Measure(_unroll);
        UnrollWriter.WriteHeader(buffer, ActorMessage.UnrollFieldNumber, length);
        _writer.Write(_unroll, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private byte[] Damage(byte[] bytes)
    {
        // Half of the damage strikes the front, where the sizes are.
        int front = Math.Min(bytes.Length, 40);
        for (int i = 1 + Next(8); i > 0; i--)
        {
            bytes[Next(Next(2) == 0 ? front : bytes.Length)] = (byte)Next(256);
        }
        return bytes;
    }

    private byte[] Cut(byte[] bytes) => bytes[..Next(bytes.Length)];
}

using Chaos.Campaigns;
using Environments.Randomness;
using Google.Protobuf;
using Protos.Bridge;
using Protos.Rpc;

namespace Chaos.Bridges;

/// <summary>Draws requests that no client sends and replies that no server sends.</summary>
internal sealed class BridgeMessages(Canaries canaries, string name, ulong seed)
{
    private const int Copies = 1;
    private Pcg64 _random = new(seed);

    /// <summary>A number in [0, <paramref name="count"/>).</summary>
    public int Next(int count) => _random.NextInt(0, count);

    /// <summary>A request that opens a stream as it should be.</summary>
    public byte[] Open() =>
        new SessionRequest
        {
            Open = new Open
            {
                Source = new Source { ProtocolVersion = BridgeMethods.ProtocolVersion, Id = name },
                Copies = Copies,
            },
        }.ToByteArray();

    /// <summary>A request that is wrong, or at least odd.</summary>
    public byte[] Request() =>
        Next(9) switch
        {
            0 => Noise(),
            1 => Damage(Open()),
            2 => Offer(),
            3 => Damage(Offer()),
            4 => new SessionRequest
            {
                Reset = new Reset { Seed = ulong.MaxValue, OptionsJson = new string('[', 100_000) },
            }.ToByteArray(),
            5 => Damage(StepOf(4, 0)),
            6 => StepOf(Next(64), Next(4)),
            7 => new SessionRequest { Render = new Render { Copy = uint.MaxValue } }.ToByteArray(),
            _ => new SessionRequest
            {
                Open = new Open
                {
                    Source = new Source
                    {
                        ProtocolVersion = BridgeMethods.ProtocolVersion,
                        Id = new string('x', 10_000),
                        ArgumentsJson = new string('{', 10_000),
                    },
                    Copies = uint.MaxValue,
                    MaxEpisodeSteps = uint.MaxValue,
                },
            }.ToByteArray(),
        };

    /// <summary>A reset, as honest clients send it.</summary>
    public static byte[] Reset(bool wantsSharedMemory) =>
        new SessionRequest
        {
            Reset = new Reset { Seed = 1, WantsSharedMemory = wantsSharedMemory },
        }.ToByteArray();

    /// <summary>A description, sometimes of something that cannot be.</summary>
    public Description Description()
    {
        var description = new Description
        {
            ObservationSpace = new Space { Box = BoxOf(4) },
            ActionSpace = new Space { Discrete = 2 },
            MaxEpisodeSteps = 500,
            Name = name,
        };
        switch (Next(36))
        {
            case 0:
                description.MaxEpisodeSteps = uint.MaxValue;
                break;
            case 1:
                description.ActionSpace = new Space { Discrete = uint.MaxValue };
                break;
            case 2:
                description.ObservationSpace = new Space { MultiBinary = uint.MaxValue };
                break;
            case 3:
                description.ObservationSpace = new Space { Box = BoxOf(4) };
                description.ObservationSpace.Box.Shape.AddRange([65_536, 65_536, 65_536]);
                break;
            case 4:
                description.ObservationSpace = Nested(5_000);
                break;
            case 5:
                description.Name = new string('\u001b', 50_000);
                description.RewardThreshold = double.NaN;
                description.RenderFramesPerSecond = uint.MaxValue;
                break;
        }
        return description;
    }

    /// <summary>Results of one copy of CartPole, as they should be, or with an offer of memory that nobody should open.</summary>
    public SessionReply Results(bool offers)
    {
        var results = new Results
        {
            Observations = ByteString.CopyFrom(new byte[16]),
            Rewards = ByteString.CopyFrom(new byte[4]),
            Terminated = ByteString.CopyFrom(new byte[1]),
            Truncated = ByteString.CopyFrom(new byte[1]),
        };
        if (offers)
        {
            results = new Results
            {
                SharesMemory = true,
                SharedMemory = new SharedMemory
                {
                    Path = canaries.Names[Next(canaries.Names.Count)],
                    Proof = ByteString.CopyFrom(canaries.Proof),
                    SlotSize = Next(8) == 0 ? ulong.MaxValue : Canaries.SlotSize,
                },
            };
        }
        return new SessionReply { Results = results };
    }

    /// <summary>A reply that is wrong, or at least odd.</summary>
    public byte[] Reply() =>
        Next(8) switch
        {
            0 => Noise(),
            1 => Damage(Results(offers: false).ToByteArray()),
            2 => Damage(Results(offers: true).ToByteArray()),
            3 => new SessionReply
            {
                Picture = new Picture { Width = uint.MaxValue, Height = uint.MaxValue },
            }.ToByteArray(),
            4 => new SessionReply
            {
                Failure = new Failure
                {
                    Kind = (Failure.Types.Kind)Next(9),
                    Message = new string('\n', 50_000),
                    Traceback = new string('\u001b', 50_000),
                },
            }.ToByteArray(),
            5 => new SessionReply { Opened = Description() }.ToByteArray(),
            6 => new SessionReply { Results = new Results { SharesMemory = true } }.ToByteArray(),
            _ => [],
        };

    /// <summary>Overwrites a few bytes.</summary>
    public byte[] Damage(byte[] bytes) => Damages.Strike(bytes, ref _random);

    private byte[] Noise() => Damages.Noise(Next(2_048), ref _random);

    // As clients offered memory once: Reset { seed = 1; shared_memory = 3 { path, proof, slot_size } }.
    private byte[] Offer()
    {
        byte[] memory = new SharedMemory
        {
            Path = canaries.Names[Next(canaries.Names.Count)],
            Proof = ByteString.CopyFrom(canaries.Proof),
            SlotSize = Canaries.SlotSize,
        }.ToByteArray();
        byte[] reset = [8, 1, 0x1A, .. Length(memory.Length), .. memory];
        return [0x12, .. Length(reset.Length), .. reset];
    }

    private static byte[] Length(int length) => length < 128 ? [(byte)length] : [(byte)(length & 127 | 128), (byte)(length >> 7)];

    private static byte[] StepOf(int actions, int active) =>
        new SessionRequest
        {
            Step = new Step
            {
                Actions = ByteString.CopyFrom(new byte[actions]),
                Active = ByteString.CopyFrom(new byte[active]),
                FinalPictures = true,
            },
        }.ToByteArray();

    private static Box BoxOf(uint size)
    {
        var box = new Box
        {
            Low = ByteString.CopyFrom(BitConverter.GetBytes(-5f)),
            High = ByteString.CopyFrom(BitConverter.GetBytes(5f)),
        };
        box.Shape.Add(size);
        return box;
    }

    private static Space Nested(int depth)
    {
        var space = new Space { Discrete = 2 };
        for (int i = 0; i < depth; i++)
        {
            var dict = new Dict();
            dict.Entries.Add(new Entry { Name = "a", Space = space });
            space = new Space { Dict = dict };
        }
        return space;
    }
}

using Environments.Randomness;
using Protos;
using Protos.Fleet;
using Protos.Rpc;
using Xunit;

namespace Tests.ProtoTests.Fleet;

/// <summary>Bytes from a stranger: none may throw, none may take more memory than an unroll of a wanted shape.</summary>
[Collection(nameof(NativeMemoryCollection))] // its memory is that of the process
public sealed class UnrollFuzzTests(ITestOutputHelper output)
{
    private static readonly UnrollShape[] Shapes =
    [
        new(3, 2, new ObservationFormat(4), 1, 0),
        new(2, 1, new ObservationFormat(3, 3), 2, 4),
        new(4, 2, new ObservationFormat(30, 2, IsBytes: true), 1, 0),
    ];

    [Fact]
    public void Read_TwentyThousandMutants_NeverThrowsAndKeepsMemoryFlat() => Fuzz(20_000, seed: 1);

    /// <summary>The long one, run by hand: <c>Tests -explicit only -method "*UnrollFuzzTests*"</c>.</summary>
    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Read_AMillionMutants_NeverThrowsAndKeepsMemoryFlat() => Fuzz(1_000_000, seed: 2);

    private void Fuzz(int count, ulong seed)
    {
        byte[][] valid = Messages();
        var pool = new UnrollPool(shape => Shapes.Contains(shape) ? null : "it is of a shape that nobody wants", capacity: 8);
        var random = new Pcg64(seed);
        int accepted = 0;
        int hellos = 0;
        HashSet<string> defects = [];
        long longest = 0;
        long memory = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] message =
                random.NextDouble() < 0.1
                    ? Mutations.Noise(ref random)
                    : Mutations.Mutate(
                        valid[random.NextInt(0, valid.Length)],
                        valid[random.NextInt(0, valid.Length)],
                        ref random
                    );
            var sequence = Wire.Split(message, random.NextDouble() < 0.5 ? 0 : random.NextInt(1, 64));
            long before = GC.GetAllocatedBytesForCurrentThread();
            ActorFrame frame = ActorWire.Read(sequence, pool);
            // The first exception of a hello loads resources.
            longest = i < count / 4 ? 0 : Math.Max(longest, GC.GetAllocatedBytesForCurrentThread() - before);
            int parts = (frame.Hello is null ? 0 : 1) + (frame.Unroll is null ? 0 : 1) + (frame.Defect is null ? 0 : 1);
            Assert.Equal(1, parts);
            hellos += frame.Hello is null ? 0 : 1;
            if (frame.Defect is { } defect)
            {
                Assert.NotEmpty(defect);
                defects.Add(new string([.. defect.Where(c => !char.IsDigit(c))]));
            }
            if (frame.Unroll is { } unroll)
            {
                accepted++;
                AssertWhole(unroll);
                pool.Return(unroll);
            }
            if (i == count / 4)
            {
                memory = GC.GetTotalMemory(forceFullCollection: true);
            }
        }
        long growth = GC.GetTotalMemory(forceFullCollection: true) - memory;
        output.WriteLine(
            $"{count} messages: {accepted} unrolls, {hellos} hellos, {defects.Count} kinds of defects; at most {longest} bytes for one message; memory grew by {growth} bytes"
        );
        Assert.InRange(accepted, count / 200, count);
        Assert.InRange(defects.Count, 15, int.MaxValue);
        Assert.InRange(longest, 0, 40_000);
        Assert.InRange(growth, long.MinValue, 1_000_000);
    }

    // What is accepted is an unroll that could have been sent.
    private static void AssertWhole(Unroll unroll)
    {
        Assert.Contains(unroll.Shape, Shapes);
        Assert.DoesNotContain(unroll.Observations.Read(unroll.EpisodeStarts), value => !float.IsFinite(value));
        Assert.DoesNotContain(unroll.Rewards, value => !float.IsFinite(value));
        Unroll? again = UnrollReader.Read(new(Wire.Write(unroll)), Wire.OpenPool(), out string? defect);
        Assert.Null(defect);
        Assert.Equal(unroll.FinalRows, again!.FinalRows);
    }

    private static byte[][] Messages()
    {
        List<byte[]> messages =
        [
            Wire.Write(
                new ActorFrame
                {
                    Hello = new Hello
                    {
                        ProtocolVersion = 1,
                        ActorId = "actor-1",
                        Incarnation = 1L << 50,
                        Copies = 2,
                        WallTime = 1.5e9,
                    },
                }
            ),
        ];
        foreach (UnrollShape shape in Shapes)
        {
            for (ulong seed = 0; seed < 3; seed++)
            {
                Unroll unroll = Unrolls.Random(shape, seed, moments: seed == 1, sparse: seed == 2);
                messages.Add(Wire.Write(new ActorFrame { Unroll = unroll }));
            }
        }
        return [.. messages];
    }
}

using System.Runtime.InteropServices;
using Environments.Randomness;
using Protos;
using Xunit;

namespace Tests.ProtoTests;

/// <summary>Unrolls to send, and their comparison.</summary>
internal static class Unrolls
{
    /// <summary>An unroll of random content whose episodes start where they ended.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="seed">Of the content.</param>
    /// <param name="moments">Whether it carries observation statistics.</param>
    /// <param name="sparse">Whether most bytes of frames are 0, so that packing pays.</param>
    public static Unroll Random(UnrollShape shape, ulong seed, bool moments = false, bool sparse = false)
    {
        var random = new Pcg64(seed);
        var unroll = new Unroll(shape)
        {
            Header = new UnrollHeader("", 0, random.NextInt(0, 1 << 20), random.NextInt(0, 1 << 20), "")
            {
                HasRawObservations = !moments,
                AgentIndex = (int)(seed % 3),
            },
        };
        Frames(unroll.Observations.Bytes, shape, ref random, sparse);
        foreach (float[] array in new[] { unroll.Actions, unroll.Rewards, unroll.BehaviourLogProbs, unroll.InitialCoreState })
        {
            for (int i = 0; i < array.Length; i++)
            {
                array[i] = (float)random.NextGaussian();
            }
        }
        for (int b = 0; b < shape.Copies; b++)
        {
            unroll.EpisodeStarts[b] = random.NextDouble() < 0.3;
        }
        var frame = new byte[shape.Observations.FrameBytes];
        for (int row = 0; row < unroll.Rewards.Length; row++)
        {
            double end = random.NextDouble();
            unroll.Terminated[row] = end < 0.15;
            unroll.Truncated[row] = end is > 0.1 and < 0.25; // sometimes both
            if (end < 0.25)
            {
                unroll.EpisodeStarts[row + shape.Copies] = true;
                Frames(frame, shape, ref random, sparse);
                frame.CopyTo(unroll.AddFinalFrame(row));
                unroll.AddEpisode(new CompletedEpisode(random.NextGaussian(), random.NextInt(1, 500)));
            }
        }
        if (moments)
        {
            Span<double> values = unroll.MakeObservationMoments(1 + 2 * shape.Observations.ObservationSize);
            values[0] = unroll.Rewards.Length;
            for (int i = 1; i < values.Length; i++)
            {
                values[i] = random.NextDouble();
            }
        }
        return unroll;
    }

    /// <summary>Compares all contents; of the header what crosses the wire.</summary>
    public static void AssertSame(Unroll expected, Unroll actual, bool episodesInOrder = true)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.Header.SequenceNumber, actual.Header.SequenceNumber);
        Assert.Equal(expected.Header.ParameterVersion, actual.Header.ParameterVersion);
        Assert.Equal(expected.Header.HasRawObservations, actual.Header.HasRawObservations);
        Assert.Equal(expected.Header.AgentIndex, actual.Header.AgentIndex);
        Assert.True(expected.Observations.Bytes.SequenceEqual(actual.Observations.Bytes), "observations differ");
        Assert.Equal(expected.Actions, actual.Actions);
        Assert.Equal(expected.Rewards, actual.Rewards);
        Assert.Equal(expected.Terminated, actual.Terminated);
        Assert.Equal(expected.Truncated, actual.Truncated);
        Assert.Equal(expected.BehaviourLogProbs, actual.BehaviourLogProbs);
        Assert.Equal(expected.EpisodeStarts, actual.EpisodeStarts);
        Assert.Equal(expected.InitialCoreState, actual.InitialCoreState);
        Assert.Equal(expected.FinalRows, actual.FinalRows);
        Assert.True(expected.FinalFrames.SequenceEqual(actual.FinalFrames), "final frames differ");
        Assert.Equal(expected.ObservationMoments.ToArray(), actual.ObservationMoments.ToArray());
        CompletedEpisode[] Episodes(Unroll unroll) =>
            episodesInOrder ? [.. unroll.Episodes] : [.. unroll.Episodes.OrderBy(episode => episode.Return)];
        Assert.Equal(Episodes(expected), Episodes(actual));
    }

    private static void Frames(Span<byte> bytes, UnrollShape shape, ref Pcg64 random, bool sparse)
    {
        if (shape.Observations.IsBytes)
        {
            foreach (ref byte value in bytes)
            {
                value = sparse && random.NextDouble() < 0.95 ? (byte)0 : (byte)random.NextInt(0, 256);
            }
            return;
        }
        foreach (ref float value in MemoryMarshal.Cast<byte, float>(bytes))
        {
            value = (float)random.NextGaussian();
        }
    }
}

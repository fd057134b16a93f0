using Protos;
using Xunit;

namespace Tests.ProtoTests;

/// <summary>An unroll keeps raw observations and knows how the network that acted read them, copy by copy.</summary>
public sealed class UnrollInputsTests
{
    private static readonly UnrollShape Shape = new(2, 2, new ObservationFormat(1), 1, 0);

    [Fact]
    public void ReadInputs_NobodySaidHow_AreTheObservations()
    {
        Unroll unroll = Recorded(Shape, 1);
        float[] buffer = [];

        Assert.Same(unroll.Observations.Read(unroll.EpisodeStarts), unroll.ReadInputs(ref buffer));
        unroll.ReadBy(new Times(1));
        Assert.Same(unroll.Observations.Read(unroll.EpisodeStarts), unroll.ReadInputs(ref buffer));
    }

    [Fact]
    public void ReadInputs_JoinedUnrolls_AreReadByTheirOwn()
    {
        Unroll first = Recorded(Shape, 1);
        Unroll second = Recorded(Shape, 10);
        Unroll third = Recorded(Shape, 100);
        first.ReadBy(new Times(2));
        third.ReadBy(new Times(3));
        var batch = new Unroll(Shape with { Copies = 6 });

        batch.Join([first, second, third]);

        var inputs = new float[3 * 6];
        batch.ReadInputs(inputs);
        Assert.Equal([2, 2, 10, 10, 300, 300, 4, 4, 20, 20, 600, 600, 6, 6, 30, 30, 900, 900], inputs);
        Assert.Equal([-20, -100, -3000], Finals(batch));
        Assert.Equal(1, batch.Observations.Read(batch.EpisodeStarts)[0]);
        // Filled again, it forgets how the former contents were read.
        batch.Join([second, second, second]);
        Assert.True(batch.InputsAreObservations);
    }

    [Fact]
    public void Join_RawStacksAndFormerInputs_KeepsWhatTheNetworkReads()
    {
        var stacks = new UnrollShape(2, 2, new ObservationFormat(1, 2, IsBytes: true), 1, 0);
        Unroll raw = Recorded(stacks, 5);
        raw.ReadBy(new Times(0.5f));
        Unroll former = Recorded(Shape with { Observations = new ObservationFormat(2) }, 7);
        var batch = new Unroll(Shape with { Copies = 4, Observations = new ObservationFormat(2) });

        batch.Join([raw, former], asInputs: true);

        var inputs = new float[3 * 4 * 2];
        batch.ReadInputs(inputs);
        Assert.Equal([2.5f, 2.5f, 2.5f, 2.5f, 7, 7, 7, 7], inputs[..8]);
        Assert.Equal([2.5f, 5, 2.5f, 5, 14, 14, 14, 14], inputs[8..16]);
        var final = new float[2];
        batch.ReadFinalInput(0, final);
        Assert.Equal([5, 25], final);
        batch.ReadFinalInput(1, final);
        Assert.Equal([-70, -70], final);
        Assert.Throws<ArgumentException>(() => batch.Join([raw, former]));
    }

    [Fact]
    public void ReadInputs_DestinationOfAnotherSize_IsRefused() =>
        Assert.Contains(
            "6 numbers to read; the destination holds 5",
            Assert.Throws<ArgumentException>(() => Recorded(Shape, 1).ReadInputs(new float[5])).Message,
            StringComparison.Ordinal
        );

    private static float[] Finals(Unroll unroll)
    {
        var finals = new float[unroll.FinalRows.Count];
        for (int i = 0; i < finals.Length; i++)
        {
            unroll.ReadFinalInput(i, finals.AsSpan(i, 1));
        }
        return finals;
    }

    // Step t shows (t + 1) × value in every copy; the second copy's episode ends after the last step, at −10 × value, or 50 where that is no byte.
    private static Unroll Recorded(UnrollShape shape, float value)
    {
        var unroll = new Unroll(shape);
        int size = shape.Observations.ObservationSize;
        for (int t = 0; t <= shape.Steps; t++)
        {
            float[] rows = [.. Enumerable.Repeat((t + 1) * value, shape.Copies * size)];
            if (t > 0 && shape.Observations.Frames == 2)
            {
                (rows[0], rows[2]) = (t * value, t * value);
            }
            unroll.Observations.Write(t, rows);
        }
        unroll.EpisodeStarts[0] = unroll.EpisodeStarts[1] = true;
        int last = (shape.Steps - 1) * shape.Copies + 1;
        unroll.Terminated[last] = true;
        unroll.EpisodeStarts[last + shape.Copies] = true;
        float final = shape.Observations.IsBytes ? 50 : -10 * value;
        unroll.AddFinalObservation(last, [.. Enumerable.Repeat(final, size)]);
        return unroll;
    }

    private sealed class Times(float factor) : IObservationTransform
    {
        public bool IsIdentity => factor == 1;

        public void Apply(ReadOnlySpan<float> observations, Span<float> inputs)
        {
            for (int i = 0; i < observations.Length; i++)
            {
                inputs[i] = factor * observations[i];
            }
        }
    }
}

using Protos;
using Xunit;

namespace Tests.ProtoTests;

public sealed class ObservationStoreTests
{
    public static TheoryData<int, bool, int> Formats =>
        [
            .. from frames in new[] { 1, 2, 3, 4 }
            from bytes in new[] { false, true }
            from steps in new[] { 1, 2, 5 }
            select (frames, bytes, steps),
        ];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_EpisodeEndsAtEveryPosition_EqualsTheFrameStacksRows(int frames, bool bytes, int steps)
    {
        const int Length = 6;
        for (int mask = 0; mask < 1 << Length; mask++)
        {
            int ends = mask;
            // The second copy's episodes end elsewhere than those of the first.
            bool EndsAt(int step, int copy) =>
                (ends >> (copy == 0 ? step % Length : Length - 1 - (step + copy) % Length) & 1) == 1;
            using var recording = new StackRecording(new CountingEnvironment(0, 2, 3, bytes, EndsAt), frames, steps);
            for (int i = 0; i < Length / steps + 1; i++) // what came before an unroll is its history
            {
                (Unroll unroll, List<float> rows, List<float[]> finals) = recording.Next();

                Assert.Equal(rows, unroll.Observations.Read(unroll.EpisodeStarts));
                Assert.Equal(finals.Count, unroll.FinalRows.Count);
                var final = new float[recording.Shape.Observations.ObservationSize];
                for (int row = 0; row < finals.Count; row++)
                {
                    unroll.ReadFinalObservation(row, final);
                    Assert.Equal(finals[row], final);
                }
            }
        }
    }

    [Fact]
    public void Read_AfterASecondWrite_ShowsNothingOfTheFirst()
    {
        var store = new ObservationStore(new ObservationFormat(1, 2), steps: 1, copies: 1);
        store.Write(0, [1, 2]);
        store.Write(1, [2, 3]);
        Assert.Equal([1, 2, 2, 3], store.Read([false, false]));

        store.Write(0, [7, 8]);
        store.Write(1, [8, 9]);

        Assert.Equal([7, 8, 8, 9], store.Read([false, false]));
    }

    [Theory]
    [InlineData(0.9f)]
    [InlineData(300)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Write_NumberThatIsNoByte_IsRefusedAtEveryPlace(float impossible)
    {
        foreach (int size in (int[])[1, 5, 31, 32, 33, 70])
        {
            var store = new ObservationStore(new ObservationFormat(size, IsBytes: true), steps: 1, copies: 1);
            for (int i = 0; i < size; i++)
            {
                var row = new float[size];
                Array.Fill(row, 255);
                row[i] = impossible;

                ArgumentException error = Assert.Throws<ArgumentException>(() => store.Write(0, row));

                Assert.Contains($"Element {i} of a frame is {impossible}", error.Message);
            }
        }
    }

    [Fact]
    public void Write_EveryByte_IsReadAgain()
    {
        var store = new ObservationStore(new ObservationFormat(256, IsBytes: true), steps: 1, copies: 1);
        float[] row = [.. Enumerable.Range(0, 256).Select(value => (float)value)];

        store.Write(0, row);

        Assert.Equal(row, store.Read([false, false])[..256]);
    }
}

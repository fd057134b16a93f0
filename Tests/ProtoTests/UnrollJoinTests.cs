using Protos;
using Xunit;

namespace Tests.ProtoTests;

public sealed class UnrollJoinTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Join_PartsOfABatch_EqualsRecordingItsCopiesTogether(int frames, bool bytes)
    {
        int[] sizes = [1, 3, 2];
        bool EndsAt(int step, int copy) => (step * 7 + copy * 3) % 5 == 0;
        using var whole = new StackRecording(new CountingEnvironment(0, 6, 2, bytes, EndsAt), frames, steps: 4);
        List<StackRecording> parts = [];
        foreach (int size in sizes)
        {
            int first = parts.Sum(part => part.Shape.Copies);
            parts.Add(new StackRecording(new CountingEnvironment(first, size, 2, bytes, EndsAt), frames, steps: 4));
        }
        var joined = new Unroll(whole.Shape);
        for (int i = 0; i < 3; i++) // the same one is filled again and again
        {
            (Unroll expected, List<float> rows, _) = whole.Next();

            joined.Join([.. parts.Select(part => part.Next().Unroll)]);

            Assert.Equal(rows, joined.Observations.Read(joined.EpisodeStarts));
            Unrolls.AssertSame(expected, joined, episodesInOrder: false);
            Assert.NotEmpty(expected.FinalRows);
        }
        parts.ForEach(part => part.Dispose());
    }

    [Fact]
    public void Join_PartsThatDoNotFit_Throws()
    {
        var shape = new UnrollShape(2, 4, new ObservationFormat(3), 1, 0);
        var batch = new Unroll(shape);
        Unroll Part(int copies, int steps = 2) => new(shape with { Copies = copies, Steps = steps });

        Assert.Contains("3 copies are too few", Assert.Throws<ArgumentException>(() => batch.Join([Part(2), Part(1)])).Message);
        Assert.Throws<ArgumentException>(() => batch.Join([Part(2), Part(3)]));
        Assert.Throws<ArgumentException>(() => batch.Join([Part(2), Part(2, steps: 3)]));
    }
}

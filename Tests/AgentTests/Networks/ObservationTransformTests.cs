using Agents.Networks;
using Agents.Networks.Encoders;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Tests.LearnerTests.Returns;
using Xunit;

namespace Tests.AgentTests.Networks;

/// <summary>Observations become inputs key by key: real numbers are normalised, bytes are divided by 255 once, integers become one-hot.</summary>
public sealed class ObservationTransformTests
{
    private static readonly Space Mixed = new Dict(
        KeyValuePair.Create<string, Space>("pixels", new Box(0, 255, 3) { ElementType = ElementType.UInt8 }),
        KeyValuePair.Create<string, Space>("speed", new Box(-100, 100, 2)),
        KeyValuePair.Create<string, Space>(
            "inner",
            new Dict(
                KeyValuePair.Create<string, Space>("direction", new Discrete(3)),
                KeyValuePair.Create<string, Space>("height", new Box(-100, 100, 1)),
                KeyValuePair.Create<string, Space>("bits", new MultiBinary(2))
            )
        ),
        KeyValuePair.Create<string, Space>("goal", new Box(-100, 100, 1))
    );

    private static readonly float[] Row = [255, 51, 0, 5, -3, 2, 40, 1, 0, 1000];

    [Fact]
    public void Of_NestedSpace_IsItsRealNumbers()
    {
        var parts = NormalizedParts.Of(Mixed);

        Assert.Equal((10, 4, false), (parts.ObservationSize, parts.Size, parts.AreWhole));
        Assert.Equal([(3, 2), (6, 1), (9, 1)], parts.Ranges.ToArray());
        Assert.True(NormalizedParts.Of(new Box(0, 1, 7)).AreWhole);
        Assert.Equal(0, NormalizedParts.Of(new Box(0, 1, 2) { ElementType = ElementType.UInt8 }).Size);
        Assert.Equal(0, NormalizedParts.Of(new Discrete(4)).Size);
    }

    [Fact]
    public void Gather_RowsOfANestedSpace_TakesTheRealNumbers()
    {
        var gathered = new float[8];

        NormalizedParts.Of(Mixed).Gather([.. Row, .. Row.Select(value => value + 1)], gathered);

        Assert.Equal([5, -3, 40, 1000, 6, -2, 41, 1001], gathered);
    }

    [Fact]
    public void EncodeRows_NormalizedMixedObservation_ChangesEachKeyOnce()
    {
        var spec = new NetworkSpec(Mixed, new Discrete(2), new NetworkSettings { HiddenSizes = [4] });
        ObservationTransform transform = Transform(Mixed, 1, [1, -1, 40, 0], [4, 1, 100, 1]);
        var inputs = new float[Row.Length];
        var features = new float[spec.FeatureSize];

        transform.Apply(Row, inputs);
        spec.Plan.Features.EncodeRows(inputs, features);

        Near.Equal([255, 51, 0, 2, -2, 2, 0, 1, 0, 10], inputs); // 1000 is clipped
        Near.Equal([1, 0.2, 0, 2, -2, 0, 0, 1, 0, 1, 0, 10], features);
    }

    [Fact]
    public void Apply_RowsAloneAndTogether_GiveTheSameBits()
    {
        foreach (Space space in (Space[])[Mixed, new Box(-100, 100, 7)])
        {
            int size = NormalizedParts.Of(space).Size;
            var random = new Pcg64(3);
            double[] mean = [.. Enumerable.Range(0, size).Select(i => i - 1.5)];
            double[] variance = [.. Enumerable.Range(0, size).Select(i => 0.3 + i)];
            ObservationTransform transform = Transform(space, 1, mean, variance);
            float[] rows = [.. Enumerable.Range(0, 5 * space.Size).Select(_ => (float)random.NextGaussian() * 3)];
            var together = new float[rows.Length];
            transform.Apply(rows, together);
            for (int row = 0; row < 5; row++)
            {
                float[] alone = rows.AsSpan(row * space.Size, space.Size).ToArray();
                transform.Apply(alone, alone); // in place
                Assert.Equal(together.AsSpan(row * space.Size, space.Size).ToArray(), alone);
            }
        }
    }

    [Fact]
    public void Apply_ScaleAndStatistics_ScalesFirst()
    {
        var box = new Box(0, 255, 2);
        var inputs = new float[2];

        Transform(box, 0.5f, [10, 20], [4, 1]).Apply([24, 44], inputs);
        Near.Equal([1, 2], inputs);

        ObservationTransform.Scaling(0.5f).Apply([24, 44], inputs);
        Assert.Equal([12, 22], inputs);
        Assert.True(ObservationTransform.Scaling(1).IsIdentity);
    }

    [Fact]
    public void Normalizing_StatisticsOfAnotherSize_AreRefused() =>
        Assert.Contains(
            "3 numbers, but 4 of an observation",
            Assert
                .Throws<ArgumentException>(() =>
                    ObservationTransform.Normalizing(1, NormalizedParts.Of(Mixed), new RunningStatistics(3))
                )
                .Message,
            StringComparison.Ordinal
        );

    private static ObservationTransform Transform(Space space, float scale, double[] mean, double[] variance) =>
        ObservationTransform.Normalizing(scale, NormalizedParts.Of(space), RunningStatistics.FromMoments(mean, variance));
}

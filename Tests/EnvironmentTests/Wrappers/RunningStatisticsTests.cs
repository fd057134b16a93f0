using Environments.Randomness;
using Environments.State;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class RunningStatisticsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(11)]
    public void Update_SeveralBatches_EqualsMeanAndVarianceOfAllRows(int size)
    {
        var random = new Pcg64(1);
        var statistics = new RunningStatistics(size);
        var rows = new List<float[]>();
        foreach (int count in new[] { 1, 7, 0, 64, 30 })
        {
            var batch = new float[count * size];
            for (int i = 0; i < batch.Length; i++)
            {
                batch[i] = (float)(3 * (i % size) + (1 + i % size) * random.NextGaussian());
            }
            statistics.Update(batch);
            rows.AddRange(batch.Chunk(size));
        }
        Assert.Equal(102 + RunningStatistics.InitialCount, statistics.Count, 1e-12);
        for (int i = 0; i < size; i++)
        {
            double direct = rows.Average(row => (double)row[i]);
            double directVariance = rows.Average(row => (row[i] - direct) * (row[i] - direct));
            Assert.Equal(direct, statistics.Mean[i], 1e-4);
            Assert.Equal(directVariance, statistics.Variance[i], 1e-3);

            // To the last digits once the initial pseudo-count of mean 0 and variance 1 is counted in.
            double mean = rows.Sum(row => (double)row[i]) / statistics.Count;
            double squares =
                rows.Sum(row => (row[i] - mean) * (row[i] - mean)) + RunningStatistics.InitialCount * (1 + mean * mean);
            Assert.Equal(mean, statistics.Mean[i], 1e-12);
            Assert.Equal(squares / statistics.Count, statistics.Variance[i], 1e-10);
        }
    }

    [Fact]
    public void Update_MeanFarFromZero_KeepsTheVariance()
    {
        var statistics = new RunningStatistics(1);
        var batch = new float[1000];
        for (int i = 0; i < batch.Length; i++)
        {
            batch[i] = 1_000_000 + i % 2;
        }
        for (int k = 0; k < 2000; k++)
        {
            statistics.Update(batch);
        }
        // The pseudo-count's own distance adds 1e-4 * 1e12 / 2e6 = 50.
        Assert.Equal(0.25 + 50, statistics.Variance[0], 1e-3);
    }

    [Fact]
    public void Normalize_Rows_CentresScalesAndClips()
    {
        var statistics = new RunningStatistics(5);
        statistics.Update([1, 2, 3, 4, 5, 3, 6, 3, 0, 7]);
        float[] rows = [3, 2, 3, 4, -500, 1, 6, 4, 2, 6];
        var normalized = new float[10];
        statistics.Normalize(rows, normalized);
        for (int i = 0; i < rows.Length; i++)
        {
            double deviation = (rows[i] - statistics.Mean[i % 5]) / Math.Sqrt(statistics.Variance[i % 5] + 1e-8);
            Assert.Equal(Math.Clamp(deviation, -10, 10), normalized[i], 1e-6);
        }
        Assert.Equal(-10, normalized[4]);
        statistics.Normalize(rows, rows);
        Assert.Equal(normalized, rows);
    }

    [Fact]
    public void Normalize_BeforeAnyRow_ChangesNothing()
    {
        float[] rows = [0.5f, -2, 7];
        var normalized = new float[3];
        new RunningStatistics(3).Normalize(rows, normalized);
        Assert.Equal(rows, normalized, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Normalize_ConstantComponent_StaysFinite()
    {
        var statistics = new RunningStatistics(4);
        var batch = new float[400];
        Array.Fill(batch, 0.1f);
        for (int k = 0; k < 1000; k++)
        {
            statistics.Update(batch);
        }
        statistics.Normalize(batch, batch);
        Assert.All(batch, value => Assert.InRange(value, -1, 1));
        Assert.All(statistics.Scale.ToArray(), scale => Assert.InRange(scale, 0, 1e4)); // 1 / √ε at most
    }

    [Fact]
    public void Update_NoWholeNumberOfRows_ThrowsAndNamesTheRowSize()
    {
        var error = Assert.Throws<ArgumentException>(() => new RunningStatistics(3).Update(new float[7]));
        Assert.Contains("3 floats", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new RunningStatistics(3).Normalize(new float[6], new float[3]));
    }

    [Fact]
    public void LoadState_SavedStatistics_ContinuesBitForBit()
    {
        var original = new RunningStatistics(2);
        original.Update([1, 2, 3, 5]);
        var state = new StateDictionary();
        original.SaveState(state);
        var restored = new RunningStatistics(2);
        restored.LoadState(state);
        original.Update([0.1f, 0.2f]);
        restored.Update([0.1f, 0.2f]);
        Assert.Equal(original.Mean, restored.Mean);
        Assert.Equal(original.Variance, restored.Variance);
        Assert.Equal(original.Scale, restored.Scale);
        Assert.Equal(original.Count, restored.Count);
        Assert.Throws<InvalidDataException>(() => new RunningStatistics(3).LoadState(state));
    }
}

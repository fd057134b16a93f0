using Learners.Optimizers.Kfac;
using Xunit;

namespace Tests.LearnerTests.Optimizers.Kfac;

public sealed class LeadingPartsTests
{
    [Theory]
    [InlineData(65, 64, 0.3, 0.3)]
    [InlineData(65, 64, 0.05, 0.9)]
    [InlineData(20, 33, 0.9, 0.05)]
    [InlineData(16, 16, 3.0, 3.0)]
    public void Choose_FallingValues_CoversEveryProductThatCounts(int rows, int columns, double rowRate, double columnRate)
    {
        double[] rowValues = [.. Enumerable.Range(0, rows).Select(i => Math.Exp(-rowRate * i) * (i % 5 == 3 ? 2 : 1))];
        double[] columnValues = [.. Enumerable.Range(0, columns).Select(i => Math.Exp(-columnRate * i) * (i % 7 == 6 ? 3 : 1))];

        var parts = LeadingParts.Choose<double>(rowValues, columnValues, 1e-4, new double[columns]);

        for (int row = 0; row < rows; row++)
        {
            int covered =
                row < parts.StripRows ? parts.StripColumns
                : row < parts.Rows ? parts.BelowColumns
                : 0;
            for (int column = covered; column < columns; column++)
            {
                Assert.True(rowValues[row] * columnValues[column] < 1e-4, $"{row}, {column} of {parts}");
            }
        }
        Assert.True(parts.Cost <= 2L * rows * columns * (rows + columns));
    }

    [Fact]
    public void Choose_ValuesThatFallAlongBothAxes_CostsMuchLessThanAnyStripOfRowsAlone()
    {
        double[] values = [.. Enumerable.Range(0, 64).Select(i => Math.Pow(i + 1, -2.5))];

        var parts = LeadingParts.Choose<double>(values, values, 1e-4, new double[64]);

        Assert.InRange(parts.StripRows, 1, 20);
        Assert.InRange(parts.BelowColumns, 1, 20);
        Assert.True(parts.Cost < 0.6 * (2L * parts.Rows * 64 * 128), $"{parts}");
    }

    [Fact]
    public void Choose_NothingThatCounts_IsEmptyAndFree()
    {
        var parts = LeadingParts.Choose<double>([1e-3, 1e-4], [1e-3, 0], 1e-4, new double[2]);

        Assert.Equal(new LeadingParts(0, 0, 0, 0, 0), parts);
    }
}

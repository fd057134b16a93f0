using Page.Curves;
using Xunit;

namespace Tests.PageTests;

public sealed class MetricsColumnTests : IDisposable
{
    private const string Return = "charts/episodic_return";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Table => _folder.In("metrics.csv");

    [Fact]
    public void Update_RowsThatWereAppended_AreReadAloneAndAdded()
    {
        File.WriteAllText(Table, RunFolders.Header + RunFolders.Rows(1, 1_000));
        var column = new MetricsColumn(_folder.Path, Return);
        column.Update();
        long before = column.BytesRead;
        string more = RunFolders.Rows(1_001, 1_002);
        File.AppendAllText(Table, more);

        column.Update();

        Assert.Equal(1_002, column.Series.Rows);
        Assert.Equal(1_002, column.Series.Last);
        Assert.Equal(more.Length, column.BytesRead - before);
        Assert.Equal(100.2, column.Series.Buckets[^1].LastSeconds, 1e-9);
    }

    [Fact]
    public void Update_LastLineHalfWritten_WaitsForItsEnd()
    {
        File.WriteAllText(Table, RunFolders.Header + "100,1,1000\n200,2");
        var column = new MetricsColumn(_folder.Path, Return);
        column.Update();
        Assert.Equal(1, column.Series.Last);

        File.AppendAllText(Table, "5,1000\n");
        column.Update();

        Assert.Equal((2, 25), (column.Series.Rows, column.Series.Last));
        Assert.Equal(0, column.DamagedRows);
    }

    [Fact]
    public void Update_ValuesThatAreNoNumbers_AreCountedAndLeftOut()
    {
        File.WriteAllText(
            Table,
            RunFolders.Header + "100,1,1000\n200,NaN,1000\n300,-Infinity,1000\n400,Infinity,1000\n500,,1000\n600,3,1000\n"
        );
        var column = new MetricsColumn(_folder.Path, Return);

        column.Update();

        Assert.Equal((2, 1, 3), (column.Series.Rows, column.Series.Min, column.Series.Max));
        Assert.Equal(3, column.Series.NotNumbers);
    }

    [Theory]
    [InlineData("200,2\n")]
    [InlineData("200,2,1000,7\n")]
    [InlineData("many,2,1000\n")]
    [InlineData("200,two,1000\n")]
    [InlineData("\n")]
    [InlineData("NaN,5,1000\n")]
    [InlineData("Infinity,5,1000\n")]
    [InlineData("1e999,5,1000\n")]
    public void Update_RowThatIsNone_IsCountedAndLeftOut(string row)
    {
        File.WriteAllText(Table, RunFolders.Header + "100,1,1000\n" + row + "300,3,1000\n");
        var column = new MetricsColumn(_folder.Path, Return);

        column.Update();

        Assert.Equal((2, 1), (column.Series.Rows, column.DamagedRows));
    }

    [Fact]
    public void Update_HeaderThatGrewByAColumn_ReadsAllAnew()
    {
        File.WriteAllText(Table, RunFolders.Header + RunFolders.Rows(1, 3));
        var column = new MetricsColumn(_folder.Path, "own/height");
        column.Update();
        Assert.False(column.Exists);

        File.WriteAllText(
            Table,
            RunFolders.Header.TrimEnd('\n') + ",own/height\n100,1,1000,\n200,2,1000,\n300,3,1000,\n400,4,1000,9\n"
        );
        column.Update();

        Assert.True(column.Exists);
        Assert.Equal((1, 9), (column.Series.Rows, column.Series.Last));
    }

    [Fact]
    public void Update_TableOfAResumedRunThatIsLongerAgain_ReadsAllAnew()
    {
        File.WriteAllText(Table, RunFolders.Header + RunFolders.Rows(1, 10));
        var column = new MetricsColumn(_folder.Path, Return);
        column.Update();

        File.WriteAllText(Table, RunFolders.Header + RunFolders.Rows(1, 5) + "600,60,1000\n" + RunFolders.Rows(7, 20));
        column.Update();

        Assert.Equal((20, 60), (column.Series.Rows, column.Series.Max));
    }

    [Theory]
    [InlineData("not a table\n1,2\n")]
    [InlineData("\0\u0001\u0002\n")]
    public void Update_FileThatIsNoTable_SaysSo(string text)
    {
        File.WriteAllText(Table, text);

        InvalidDataException exception = Assert.Throws<InvalidDataException>(new MetricsColumn(_folder.Path, Return).Update);

        Assert.Contains("is no table of metrics", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Update_EmptyFileOrHeaderWithoutEnd_IsNoErrorYet()
    {
        File.WriteAllText(Table, "");
        var column = new MetricsColumn(_folder.Path, Return);
        column.Update();
        File.AppendAllText(Table, "env_steps,charts/epis");
        column.Update();
        File.AppendAllText(Table, "odic_return\n100,7\n");

        column.Update();

        Assert.Equal(7, column.Series.Last);
    }

    [Fact]
    public void Add_MillionNumbers_StaysSmallAndKeepsExtremes()
    {
        var series = new Series();
        for (int i = 0; i < 1_000_000; i++)
        {
            series.Add(
                i,
                i,
                i == 765_432 ? -9
                    : i == 123_456 ? 99
                    : Math.Sin(i)
            );
        }

        (double[] x, double[] y) = Downsampling.Points(series, Axis.Steps, CurveBuilder.MostPoints);

        Assert.True(series.SizeInBytes < 400_000);
        Assert.InRange(x.Length, 500, CurveBuilder.MostPoints);
        Assert.Equal((-9, 99), (y.Min(), y.Max()));
        Assert.Equal((0, 999_999), (x[0], x[^1]));
        Assert.All(x.Zip(x.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    [Fact]
    public void Points_FewRows_AreTheRows()
    {
        var series = new Series();
        series.Add(1, 0.1, 5);
        series.Add(1, 0.1, 4);
        series.Add(3, 0.3, 6);

        (double[] x, double[] y) = Downsampling.Points(series, Axis.Steps, 10);

        Assert.Equal([5, 4, 6], y);
        Assert.Equal([1, Math.BitIncrement(1.0), 3], x);
    }
}

using System.Globalization;
using Learners.Metrics;
using Xunit;

namespace Tests.LearnerTests.Metrics;

public sealed class CsvMetricsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.In("metrics.csv");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_SomeTags_LeavesTheOtherCellsEmpty()
    {
        using (CsvMetricsWriter writer = Open())
        {
            writer.Write(10, [new Metric("b", 2)]);
            writer.Write(20, [new Metric("c", -3), new Metric("a", 1.5)]);
            writer.Write(30, []);
        }

        Assert.Equal("env_steps,a,b,c\n10,,2,\n20,1.5,,-3\n30,,,\n", Text());
    }

    [Fact]
    public void Write_AnyNumber_ReadsBackAsTheSameNumber()
    {
        double[] numbers =
        [
            0.1,
            1.0 / 3,
            double.Epsilon,
            double.MaxValue,
            -0.0,
            0.1f,
            1e-7f,
            double.NaN,
            double.PositiveInfinity,
            double.NegativeInfinity,
        ];
        using (CsvMetricsWriter writer = Open())
        {
            foreach (double number in numbers)
            {
                writer.Write(1, [new Metric("a", number)]);
            }
        }

        Assert.Equal(
            numbers.Select(BitConverter.DoubleToInt64Bits),
            System
                .IO.File.ReadLines(File)
                .Skip(1)
                .Select(line => BitConverter.DoubleToInt64Bits(double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)))
        );
    }

    [Fact]
    public void Write_UnknownTag_NamesItAndTheFixAndWritesNothing()
    {
        using (CsvMetricsWriter writer = Open())
        {
            ArgumentException exception = Assert.Throws<ArgumentException>(() =>
                writer.Write(10, [new Metric("a", 1), new Metric("losses/other", 2)])
            );
            Assert.Equal(
                "The table has no column 'losses/other'. Add it to the tags the table is opened with.",
                exception.Message
            );
            writer.Write(20, [new Metric("b", 2)]);
        }

        Assert.Equal("env_steps,a,b,c\n20,,2,\n", Text());
    }

    [Fact]
    public void Constructor_NotResumed_StartsOver()
    {
        System.IO.File.WriteAllText(File, "env_steps,a,b,c\n10,1,2,3\n");

        Open().Dispose();

        Assert.Equal("env_steps,a,b,c\n", Text());
    }

    [Fact]
    public void Constructor_ResumedWithoutAFile_WritesTheHeader()
    {
        Open(resumeAfterSteps: 100).Dispose();

        Assert.Equal("env_steps,a,b,c\n", Text());
    }

    [Fact]
    public void Constructor_Resumed_DropsRowsOfLaterStepsAndContinues()
    {
        System.IO.File.WriteAllText(File, "env_steps,a,b,c\n10,1,,\n20,2,,\n30,3,,\n");

        using (CsvMetricsWriter writer = Open(resumeAfterSteps: 20))
        {
            writer.Write(30, [new Metric("a", 4)]);
        }

        Assert.Equal("env_steps,a,b,c\n10,1,,\n20,2,,\n30,4,,\n", Text());
    }

    [Theory]
    [InlineData("2")]
    [InlineData("20,2")]
    [InlineData("20,2,3,4")] // all cells are there, but the last may be the start of 4.5
    [InlineData("20,2,3,")]
    [InlineData("x,2,3,4\n")]
    [InlineData("20,2,3,4,5\n")]
    public void Constructor_ResumedAfterATornLastLine_DropsIt(string torn)
    {
        System.IO.File.WriteAllText(File, "env_steps,a,b,c\n10,1,,\n" + torn);

        using (CsvMetricsWriter writer = Open(resumeAfterSteps: 100))
        {
            writer.Write(120, [new Metric("c", 5)]);
        }

        Assert.Equal("env_steps,a,b,c\n10,1,,\n120,,,5\n", Text());
    }

    [Fact]
    public void Flush_WhileOpen_PutsEveryRowIntoTheFile()
    {
        using CsvMetricsWriter writer = Open();
        writer.Write(10, [new Metric("a", 1)]);

        writer.Flush();

        Assert.Equal("env_steps,a,b,c\n10,1,,\n", Text());
    }

    private CsvMetricsWriter Open(long? resumeAfterSteps = null) => new(File, ["a", "b", "c"], resumeAfterSteps);

    private string Text()
    {
        using var file = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(file).ReadToEnd();
    }
}

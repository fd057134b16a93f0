using System.Globalization;
using Learners.Metrics;
using Xunit;

namespace Tests.LearnerTests.Metrics;

public sealed class CsvMetricsWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metrics").FullName;

    private string FilePath => Path.Combine(_folder, "metrics.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_SomeTagsOnly_LeavesTheOthersEmpty()
    {
        using (var writer = new CsvMetricsWriter(FilePath, ["loss/policy", "return"]))
        {
            writer.Write(10, new Metric("return", 1.5));
            writer.Write(20);
            writer.Write(30, new Metric("return", 2), new Metric("loss/policy", -0.25));
        }

        Assert.Equal("env_steps,loss/policy,return\n10,,1.5\n30,-0.25,2\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Write_AnyNumber_ReadsBackTheSameBits()
    {
        double[] numbers = [0.1, 1.0 / 3, -0.0, double.MaxValue, double.Epsilon, double.NaN, double.NegativeInfinity, 0.1f];
        using (var writer = new CsvMetricsWriter(FilePath, ["x"]))
        {
            foreach (double number in numbers)
            {
                writer.Write(1, new Metric("x", number));
            }
        }

        IEnumerable<double> read = File.ReadLines(FilePath)
            .Skip(1)
            .Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture));

        Assert.Equal(numbers.Select(BitConverter.DoubleToInt64Bits), read.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void Write_CultureWithDecimalComma_StillWritesPoints()
    {
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = comma;
            using var writer = new CsvMetricsWriter(FilePath, ["x"]);
            writer.Write(1, new Metric("x", -1.5));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal("env_steps,x\n1,-1.5\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Write_UnknownTag_ThrowsNamingTheNearestAndWritesNothing()
    {
        using var writer = new CsvMetricsWriter(FilePath, ["loss/policy"]);

        ArgumentException exception = Assert.Throws<ArgumentException>(() =>
            writer.Write(1, new Metric("loss/policy", 1), new Metric("loss/polcy", 1))
        );

        Assert.Contains("'loss/polcy'. Did you mean 'loss/policy'?", exception.Message, StringComparison.Ordinal);
        writer.Write(2, new Metric("loss/policy", 3));
        Assert.Equal("env_steps,loss/policy\n2,3\n", ReadShared());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("env_steps")]
    public void Write_CellTwice_Throws(string tag)
    {
        using var writer = new CsvMetricsWriter(FilePath, ["x"]);
        Assert.Throws<ArgumentException>(() => writer.Write(1, new Metric(tag, 1), new Metric(tag, 2)));
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("a\"b")]
    [InlineData("a\nb")]
    [InlineData("")]
    [InlineData("env_steps")]
    [InlineData("x")]
    public void Constructor_TagThatCannotHeadAColumn_Throws(string tag) =>
        Assert.Throws<ArgumentException>(() => new CsvMetricsWriter(FilePath, ["x", tag]));

    [Fact]
    public void Write_WithoutFlush_IsVisibleAtOnce()
    {
        using var writer = new CsvMetricsWriter(FilePath, ["x"]);
        writer.Write(1, new Metric("x", 2));
        Assert.Equal("env_steps,x\n1,2\n", ReadShared());
    }

    [Fact]
    public void Constructor_NewRunOverAnOldTable_BeginsAnew()
    {
        File.WriteAllText(FilePath, "env_steps,old\n1,2\n3,4\n");
        using var writer = new CsvMetricsWriter(FilePath, ["x"]);
        Assert.Equal("env_steps,x\n", ReadShared());
    }

    [Fact]
    public void Constructor_Resuming_DropsLaterRowsAndAppends()
    {
        File.WriteAllText(FilePath, "env_steps,x\n10,1\n20,2\n30,3\n");
        using (var writer = new CsvMetricsWriter(FilePath, ["x"], resumeAfterSteps: 20))
        {
            writer.Write(25, new Metric("x", 4));
        }

        Assert.Equal("env_steps,x\n10,1\n20,2\n25,4\n", File.ReadAllText(FilePath));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("20,0.")]
    [InlineData("15,2,3,4")]
    [InlineData("\0\0\0")]
    public void Constructor_ResumingATornLastLine_DropsIt(string torn)
    {
        File.WriteAllText(FilePath, "env_steps,x\n10,1\n" + torn);
        using (var writer = new CsvMetricsWriter(FilePath, ["x"], resumeAfterSteps: 20))
        {
            writer.Write(25, new Metric("x", 4));
        }

        Assert.Equal("env_steps,x\n10,1\n25,4\n", File.ReadAllText(FilePath));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("env_st")]
    [InlineData("env_steps,x")]
    public void Constructor_ResumingWithoutAWholeHeader_BeginsAnew(string? content)
    {
        if (content is not null)
        {
            File.WriteAllText(FilePath, content);
        }
        using var writer = new CsvMetricsWriter(FilePath, ["y"], resumeAfterSteps: 20);
        Assert.Equal("env_steps,y\n", ReadShared());
    }

    [Fact]
    public void Constructor_ResumingWithOtherTags_KeepsOldColumnsAndAddsNewOnes()
    {
        File.WriteAllText(FilePath, "env_steps,old,x\r\n10,1,2\r\n");
        using (var writer = new CsvMetricsWriter(FilePath, ["x", "new"], resumeAfterSteps: 10))
        {
            writer.Write(20, new Metric("new", 4), new Metric("x", 3));
        }

        Assert.Equal("env_steps,old,x,new\n10,1,2,\n20,,3,4\n", File.ReadAllText(FilePath));
    }

    [Theory]
    [InlineData("step,x\n1,2\n")]
    [InlineData("env_steps,x,x\n1,2,3\n")]
    [InlineData("env_steps,x\n1,2,3\n2,3\n")]
    [InlineData("env_steps,x\n1.5,2\n2,3\n")]
    public void Constructor_ResumingAForeignTable_ThrowsAndLeavesIt(string content)
    {
        File.WriteAllText(FilePath, content);
        Assert.Throws<InvalidDataException>(() => new CsvMetricsWriter(FilePath, ["x"], resumeAfterSteps: 20));
        Assert.Equal(content, File.ReadAllText(FilePath));
    }

    [Fact]
    public void Constructor_FileInPlaceOfTheFolder_ThrowsTheFileSystemsException()
    {
        File.WriteAllText(FilePath, "");
        Assert.Throws<IOException>(() => new CsvMetricsWriter(Path.Combine(FilePath, "metrics.csv"), ["x"]));
    }

    [Fact]
    public void Constructor_FullDisk_ThrowsTheFileSystemsException()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full.");
        Assert.Throws<IOException>(() => new CsvMetricsWriter("/dev/full", ["x"]));
    }

    private string ReadShared()
    {
        using var reader = new StreamReader(new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}

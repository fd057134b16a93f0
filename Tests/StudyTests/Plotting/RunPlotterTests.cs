using Learners.A2c;
using Learners.Configuration;
using Learners.Training;
using SkiaSharp;
using Studies.Plotting;
using Xunit;

namespace Tests.StudyTests.Plotting;

public sealed class RunPlotterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task Train(string name, ulong seed, float learningRate = 1e-3f, string environment = "CartPole-v1") =>
        Trainer.TrainAsync(
            TunedSettings.For(environment, "a2c") with
            {
                Seed = seed,
                TotalSteps = 2_000,
                Agent = TunedSettings.For(environment, "a2c").Of<A2cSettings>() with { LearningRate = learningRate },
                Evaluation = new() { Episodes = 0, FinalEpisodes = 1 },
            },
            new TrainingOptions { OutputFolder = _folder.In("runs", name) }
        );

    [Fact]
    public async Task Draw_SeedsOfTwoSettings_AreTwoCurvesNamedByTheirDifference()
    {
        await Train("a", 1);
        await Train("b", 2);
        await Train("c", 1, 2e-3f);

        var picture = Assert.Single(
            RunPlotter.Draw([_folder.In("runs")], RunPlotter.DefaultMetric, _folder.In("pictures", "curves.png"))
        );

        Assert.Equal(
            [("a2c, learning_rate 0.001", 2), ("a2c, learning_rate 0.002", 1)],
            picture.Curves.Select(curve => (curve.Label, curve.Seeds))
        );
        PngFile.AssertIsPlot(picture.File, CurvePlot.Width, CurvePlot.Height);
        using SKBitmap drawn = SKBitmap.Decode(picture.File);
        Assert.True(PngFile.Count(drawn, new SKColor(0xD5, 0x5E, 0x00)) > 20, "no second curve");
    }

    [Fact]
    public async Task Draw_TwoEnvironments_AreTwoPictures()
    {
        await Train("a", 1);
        await Train("b", 1, environment: "Acrobot-v1");

        string[] files =
        [
            .. RunPlotter.Draw([_folder.In("runs")], "losses/entropy", _folder.In("curves.svg")).Select(picture => picture.File),
        ];

        Assert.Equal([_folder.In("curves-Acrobot-v1.svg"), _folder.In("curves-CartPole-v1.svg")], files);
        Assert.All(files, file => Assert.Contains("<svg", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Draw_UnknownMetricOrFolder_SaysWhatIsKnown()
    {
        await Train("a", 1);

        Assert.Contains(
            "Did you mean 'losses/entropy'?",
            Assert
                .Throws<InvalidDataException>(() => RunPlotter.Draw([_folder.In("runs")], "losses/entropi", _folder.In("x.png")))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "holds no run",
            Assert
                .Throws<IOException>(() => RunPlotter.Draw([_folder.In("nothing")], "losses/entropy", _folder.In("x.png")))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Of_MomentsThatASeedLacks_AreLeftOutAndTheMeanIsExact()
    {
        Curve curve = Curve.Of(
            "x",
            [1, 2, 3],
            [
                [double.NaN, 2, 4],
                [1, 4, 8],
            ]
        )!;

        Assert.Equal([2, 3], curve.Steps);
        Assert.Equal([3, 6], curve.Mean);
        Assert.Equal([2, 4], curve.Low); // both draws may be the first seed
        Assert.Equal([4, 8], curve.High);
        Assert.Null(
            Curve.Of(
                "x",
                [1],
                [
                    [double.NaN],
                ]
            )
        );
    }
}

using System.Text.Json;
using Agents.Policies;
using Agents.Yaml;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Studies.Execution;
using Studies.Legs;
using Studies.Results;
using Studies.Trials;
using Xunit;

namespace Tests.StudyTests.Execution;

/// <summary>Studies that train for real: what they leave, and what becomes of them where they are killed.</summary>
public sealed class StudyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_Grid_TrainsWhatTrainDoesAndWritesTheBest()
    {
        StudyResult result = await SampleStudies.Run(SampleStudies.Grid, _folder.In("s"));

        string[] table = SampleStudies.Table(_folder.In("s"));
        Assert.Equal("candidate,a2c.learning_rate,steps,score,seed_1,seed_2,failure", table[0]);
        Assert.Equal(3, table.Length);
        // A trial is the run that train makes of the same settings.
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            "a2c",
            null,
            [
                "a2c.learning_rate=1e-2",
                "total_steps=1500",
                "seed=2",
                "evaluation.episodes=0",
                "evaluation.final_episodes=3",
                "environment_threads=1",
                "record_episodes=true",
                "checkpoints.keep=1",
            ]
        );
        TrainingResult alone = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("alone") },
            TestContext.Current.CancellationToken
        );
        using (SavedPolicy trial = SavedPolicy.Load(_folder.In("s", "trials", "0001-2", "policy")))
        {
            Assert.Equal(alone.ParameterHash, trial.ParameterHash);
        }
        Assert.Equal(alone.Evaluation!.MeanReturn, result.State.Legs[3].Result!.Score);
        // The best settings are a file of train.
        TrainingSettings best = SettingsSources.Load(null, null, result.BestFile, []);
        Assert.Equal(1_500, best.TotalSteps);
        Assert.Equal("a2c", best.AgentName);
        Assert.Equal(
            result.Winner.Values["a2c.learning_rate"],
            StrictYaml.ReadFile(result.BestFile, "file of settings")["a2c"]["learning_rate"].ToString()
        );
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(_folder.In("s", "summary.json")));
        Assert.Equal(result.Winner.FreshReturn, summary.RootElement.GetProperty("mean_return").GetDouble());
        Assert.Equal(4 * 1_520, summary.RootElement.GetProperty("env_steps").GetInt64()); // whole unrolls
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
    }

    [Theory]
    [InlineData("grid")]
    [InlineData("halving")]
    [InlineData("population")]
    public async Task RunAsync_KilledAtAnyMoment_GivesTheSameTable(string method)
    {
        string text = method switch
        {
            "grid" => SampleStudies.Grid,
            "halving" => SampleStudies
                .Grid.Replace("seeds: 2", "method: halving\nhalving: { candidates: 4, first_rung: 500 }")
                .Replace("[1e-3, 1e-2]", "{ from: 1e-4, to: 1e-1, scale: log }"),
            _ => SampleStudies.Population,
        };
        var photographs = new Photographs(_folder.In("whole"), _folder.In("cut"));
        await SampleStudies.Run(
            text,
            _folder.In("whole"),
            wrap: inner => new SampleStudies.Interposed(inner, order => photographs.Take(order.Number))
        );
        string[] whole = SampleStudies.Table(_folder.In("whole"));

        Assert.InRange(photographs.Folders.Count, 3, 30);
        foreach (string cut in photographs.Folders)
        {
            await SampleStudies.Run(text, cut);
            Assert.Equal(whole, SampleStudies.Table(cut));
        }
        // And once more where it had ended.
        var idle = new List<int>();
        await SampleStudies.Run(
            text,
            _folder.In("whole"),
            wrap: inner => new SampleStudies.Interposed(
                inner,
                order =>
                {
                    idle.Add(order.Number);
                    return null;
                }
            )
        );
        Assert.Empty(idle);
    }

    [Fact]
    public async Task RunAsync_Halving_PausesAndGoesOnAsOneRun()
    {
        const string Text = """
            environment: CartPole-v1
            agent: a2c
            total_steps: 1_500
            evaluation_episodes: 3
            method: halving
            halving: { candidates: 3, first_rung: 500 }
            space: { a2c.learning_rate: { from: 1e-3, to: 1e-2 } }
            """;

        StudyResult result = await SampleStudies.Run(Text, _folder.In("s"));

        Leg winner = result.Winner.Legs[0].Leg;
        Assert.Equal(1_500, winner.ToSteps);
        Assert.Equal([500L, 500, 500, 1_500], result.State.Legs.Select(record => record.Leg.ToSteps));
        // Those that were not promoted stopped where they should.
        foreach (LegRecord poor in result.State.Legs.Where(record => record.Leg.Candidate != winner.Candidate))
        {
            using JsonDocument run = JsonDocument.Parse(
                File.ReadAllText(_folder.In("s", result.Plan.FolderOf(poor.Leg), "summary.json"))
            );
            Assert.InRange(run.RootElement.GetProperty("env_steps").GetInt64(), 500, 600);
        }
        TrainingResult alone = await Trainer.TrainAsync(
            result.Plan.SettingsOf(winner.Values, winner.Seed),
            new TrainingOptions { OutputFolder = _folder.In("alone") },
            TestContext.Current.CancellationToken
        );
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal(alone.ParameterHash, policy.ParameterHash);
    }

    [Fact]
    public async Task RunAsync_ALegThatIsLost_IsDoneAgain()
    {
        int lost = 0;
        StudyResult result = await SampleStudies.Run(
            SampleStudies.Grid,
            _folder.In("s"),
            wrap: inner => new SampleStudies.Interposed(
                inner,
                order => order.Number == 1 && lost++ < 2 ? throw new LegLostException("It was killed.") : null
            )
        );

        Assert.Equal(4, result.State.Ended.Count);
        Assert.Empty(result.Failures);
        Assert.Equal(2, File.ReadAllLines(_folder.In("s", StudyJournal.FileName)).Count(line => line.Contains("\"lost\":1")));
    }

    [Fact]
    public async Task RunAsync_ALegThatIsLostAgainAndAgain_FailsAlone()
    {
        StudyResult result = await SampleStudies.Run(
            SampleStudies.Grid,
            _folder.In("s"),
            wrap: inner => new SampleStudies.Interposed(
                inner,
                order => order.Number == 1 ? throw new LegLostException("It was killed.") : null
            )
        );

        LegRecord failed = Assert.Single(result.Failures);
        Assert.Equal("It was killed. It was tried 5 times.", failed.Result!.Failure);
        Assert.Equal(1, result.Winner.Legs[0].Leg.Candidate); // whose seeds are whole
    }

    [Fact]
    public async Task RunAsync_ACandidateThatDiverges_IsTheWorst()
    {
        StudyResult result = await SampleStudies.Run(
            SampleStudies
                .Grid.Replace("[1e-3, 1e-2]", "[1e-3, 1e4]")
                .Replace("seeds: 2", "settings: { a2c: { max_gradient_norm: 1e6, optimizer: sgd } }"),
            _folder.In("s")
        );

        Assert.Equal("1e-3", result.Winner.Values["a2c.learning_rate"]);
        Assert.Contains("1e4", SampleStudies.Table(_folder.In("s"))[2]);
    }

    [Fact]
    public async Task RunAsync_NothingThatTrains_SaysWhy()
    {
        InvalidDataException exception = await Assert.ThrowsAsync<InvalidDataException>(() =>
            SampleStudies.Run(
                SampleStudies.Grid,
                _folder.In("s"),
                wrap: inner => new SampleStudies.Interposed(
                    inner,
                    _ => new LegResult
                    {
                        Score = double.NaN,
                        Steps = 0,
                        Failure = "The gradient is not finite.",
                    }
                )
            )
        );

        Assert.Contains("The gradient is not finite", exception.Message);
        Assert.Equal(3, SampleStudies.Table(_folder.In("s")).Length);
    }

    [Fact]
    public async Task RunAsync_AFolderOfAnotherStudy_IsRefused()
    {
        await SampleStudies.Run(SampleStudies.Grid, _folder.In("s"));

        SettingsException exception = await Assert.ThrowsAsync<SettingsException>(() =>
            SampleStudies.Run(SampleStudies.Grid.Replace("1e-2", "3e-2"), _folder.In("s"))
        );

        Assert.Contains("other settings", exception.Message);
        Assert.Contains("3e-2", exception.Message);
    }

    [Fact]
    public async Task RunAsync_AFullDisk_StopsAndKeepsWhatRan()
    {
        await Assert.ThrowsAsync<IOException>(() =>
            SampleStudies.Run(
                SampleStudies.Grid,
                _folder.In("s"),
                wrap: inner => new SampleStudies.Interposed(
                    inner,
                    order => order.Number == 2 ? throw new IOException("No space left on device") : null
                )
            )
        );
        StudyState before = StudyJournal.ReadState(_folder.In("s"));

        StudyResult result = await SampleStudies.Run(SampleStudies.Grid, _folder.In("s"));

        Assert.Equal(2, before.Ended.Count);
        Assert.Empty(result.Failures);
        Assert.Equal(
            before.Ended.Select(record => record.Result!.Score),
            result.State.Ended.Take(2).Select(record => record.Result!.Score)
        );
    }

    // The folder as a process that is killed leaves it, at the moment before each leg.
    private sealed class Photographs(string folder, string to)
    {
        public List<string> Folders { get; } = [];

        public LegResult? Take(int number)
        {
            string copy = Path.Combine(to, $"{number}");
            foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                if (Path.GetExtension(file) == ".lock")
                {
                    continue;
                }
                string target = Path.Combine(copy, Path.GetRelativePath(folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
            Folders.Add(copy);
            return null;
        }
    }
}

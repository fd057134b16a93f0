using Agents.Policies;
using Agents.Yaml;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Studies.Legs;
using Studies.Results;
using Studies.Trials;
using Xunit;

namespace Tests.StudyTests.Execution;

/// <summary>Populations that train for real: what members copy, and what becomes of a stretch that is asked to stop.</summary>
public sealed class PopulationStudyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_APopulation_CopiesParametersAndSetsWhatItChanged()
    {
        StudyResult result = await SampleStudies.Run(SampleStudies.Population, _folder.In("s"));

        Leg copy = result.State.Legs.Last(record => record.Leg.CopyOf is not null).Leg;
        Leg[] newest = [.. Enumerable.Range(0, 4).Select(member => result.State.Last(member)!.Leg)];
        Assert.All(
            newest,
            leg =>
            {
                // What the learner used is what was decided.
                TrainingSettings used = SettingsSources.Read(
                    Path.Combine(_folder.In("s", "members", $"{leg.Trial:00}-{leg.Number:000000}"), "config.yaml"),
                    [],
                    AgentRegistry.Default
                );
                TrainingSettings decided = result.Plan.SettingsOf(leg.Values, leg.Seed);
                Assert.Equal(decided.Agent, used.Agent);
            }
        );
        Assert.Equal(4, Directory.GetDirectories(_folder.In("s", "members")).Length);
        Assert.NotNull(copy);
        PngFile.AssertIsPlot(_folder.In("s", "lineage.png"), 1100, 650);
        string[] schedule = File.ReadAllLines(_folder.In("s", "schedule.csv"));
        Assert.Equal("from_steps,to_steps,leg,member,a2c.learning_rate,a2c.entropy_coefficient", schedule[0]);
        Assert.StartsWith("0,", schedule[1]);
    }

    [Fact]
    public async Task RunAsync_AMembersStretch_BeginsWithTheCopiedParameters()
    {
        StudyResult result = await SampleStudies.Run(SampleStudies.Population, _folder.In("s"));
        string Folder(int member) => result.Plan.FolderOf(result.State.Last(member)!.Leg);
        var training = new LegTraining(_folder.In("s"), new TrainingOptions());
        LegOrder order = new()
        {
            Number = 99,
            IsRun = false,
            Folder = "members/copied",
            Begin = Folder(0),
            CopyOf = Folder(1),
            Config = "",
            Changes = ["a2c.learning_rate=0.0123"],
            ToSteps = 1,
            Score = StudyScore.Evaluation,
            Episodes = 1,
        };

        LegResult copied = await training.RunAsync(order, new Progress<long>(), TestContext.Current.CancellationToken);

        Assert.Null(copied.Failure);
        using SavedPolicy source = SavedPolicy.Load(_folder.In("s", Folder(1), "policy"));
        using SavedPolicy own = SavedPolicy.Load(_folder.In("s", Folder(0), "policy"));
        using SavedPolicy saved = SavedPolicy.Load(_folder.In("s", "members", "copied", "policy"));
        Assert.Equal(source.ParameterHash, saved.ParameterHash);
        Assert.NotEqual(own.ParameterHash, saved.ParameterHash);
        Assert.Contains("0.0123", File.ReadAllText(_folder.In("s", "members", "copied", "config.yaml")));
    }

    [Theory]
    [InlineData("network.hidden_sizes: [[8], [16]]", "While a run goes on")]
    [InlineData("a2c.copies: [4, 8]", "cannot change while a run goes on")]
    [InlineData("a2c.learnig_rate: [1e-3]", "Did you mean 'a2c.learning_rate'?")]
    [InlineData("seed: [1, 2]", "--seeds 1-3")]
    [InlineData("total_steps: [1_000, 2_000]", "all trials have one length")]
    [InlineData("evaluation.final_episodes: [1, 2]", "evaluation_episodes")]
    [InlineData("stop_at_return: [400, 475]", "leave it out")]
    public async Task RunAsync_APopulationOfWhatCannotChange_IsRefusedBeforeItTrains(string space, string message)
    {
        string text = SampleStudies.Population[..SampleStudies.Population.IndexOf("space", StringComparison.Ordinal)];

        SettingsException exception = await Assert.ThrowsAsync<SettingsException>(() =>
            SampleStudies.Run($"{text}space: {{ {space} }}", _folder.In("s"))
        );

        Assert.Contains(message, exception.Message);
        Assert.False(Directory.Exists(_folder.In("s")));
    }

    [Fact]
    public async Task RunAsync_AStretchThatIsAskedToStop_GoesOnAsOneWhole()
    {
        LegResult whole = await Train("whole", CancellationToken.None);
        string hash = HashOf("whole");

        using (var stop = new CancellationTokenSource())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                Train("cut", stop.Token, new Hearer(steps => steps >= 500 ? stop.CancelAsync() : Task.CompletedTask))
            );
        }
        string part = _folder.In("cut" + MemberTraining.Part);
        Assert.True(Directory.Exists(part));
        Assert.False(Directory.Exists(_folder.In("cut")));
        var heard = new List<long>();
        LegResult rest = await Train(
            "cut",
            CancellationToken.None,
            new Hearer(steps =>
            {
                heard.Add(steps);
                return Task.CompletedTask;
            })
        );

        Assert.True(heard[0] > 500, $"It began again, and was at {heard[0]} steps.");
        Assert.Equal(whole with { CpuSeconds = 0 }, rest with { CpuSeconds = 0 });
        Assert.Equal(hash, HashOf("cut"));
        Assert.False(Directory.Exists(part));
    }

    [Fact]
    public async Task RunAsync_AStretchThatHadEnded_IsOnlyRead()
    {
        LegResult first = await Train("m", CancellationToken.None);

        LegResult second = await Train("m", CancellationToken.None, new Hearer(_ => throw new InvalidOperationException()));

        Assert.Equal(first with { CpuSeconds = 0 }, second with { CpuSeconds = 0 });
    }

    private Task<LegResult> Train(string folder, CancellationToken cancellationToken, IProgress<long>? progress = null) =>
        new LegTraining(_folder.In(""), new TrainingOptions()).RunAsync(
            new LegOrder
            {
                Number = 0,
                IsRun = false,
                Folder = folder,
                Config = "{ environment: CartPole-v1, agent: a2c, total_steps: 1500, environment_threads: 1 }",
                Changes = [],
                ToSteps = 1_000,
                Score = StudyScore.Evaluation,
                Episodes = 3,
            },
            progress ?? new Hearer(_ => Task.CompletedTask),
            cancellationToken
        );

    private string HashOf(string folder)
    {
        using SavedPolicy policy = SavedPolicy.Load(_folder.In(folder, "policy"));
        return policy.ParameterHash;
    }

    // Hears at once, unlike Progress.
    private sealed class Hearer(Func<long, Task> hear) : IProgress<long>
    {
        public void Report(long value) => hear(value).GetAwaiter().GetResult();
    }
}

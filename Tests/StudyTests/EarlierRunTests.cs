using Agents.Policies;
using Agents.Yaml;
using Environments;
using Learners.Configuration;
using Studies;
using Studies.Reports;
using Studies.Running;
using Tests.CodeTests;
using Xunit;

namespace Tests.StudyTests;

/// <summary>Claims whose runs begin with what other runs of the same claim have learned.</summary>
public sealed class EarlierRunTests : IDisposable
{
    private const string Taught = """
        title: A student follows its teacher
        source: a test
        seeds: 2
        settings: { evaluation: { final_episodes: 2 }, ppo: { copies: 4, unroll_length: 16, minibatches: 1, epochs: 1 } }
        arms:
          - { name: teacher, agent: ppo, tasks: [teach] }
          - { name: student, agent: ppo, tasks: [learn], settings: { ppo: { auxiliary: { distillation: { saved: { path: "{run:teacher@teach}" } } } } } }
          - { name: alone, agent: ppo, tasks: [learn] }
        tasks:
          - { label: teach, environment: "GridWorld/RandomGrid-v0?board={seed}", steps: 512 }
          - { label: learn, environment: "GridWorld/RandomGrid-v0?board=1{seed}", steps: 512 }
        measures:
          - { name: returns, metric: evaluation_return, effect: difference, arms: [student, alone], tasks: [learn] }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_SeedInTheEnvironment_IsThatOfTheRun() =>
        Assert.Equal(
            [
                "GridWorld/RandomGrid-v0?board=1",
                "GridWorld/RandomGrid-v0?board=11",
                "GridWorld/RandomGrid-v0?board=12",
                "GridWorld/RandomGrid-v0?board=2",
            ],
            Plan(Taught).Runs.Select(run => run.Settings.Environment).Distinct().Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Create_EarlierRun_IsThatOfTheSameSeedAndWaitedFor()
    {
        PlannedRun[] runs = [.. Plan(Taught).Runs];

        PlannedRun student = runs.Single(run => run.Arm.Name == "student" && run.Seed == 2);
        PlannedRun teacher = runs.Single(run => run.Arm.Name == "teacher" && run.Seed == 2);
        Assert.Equal([teacher.Folder], student.After);
        Assert.Contains(teacher.Folder, student.Config, StringComparison.Ordinal);
        Assert.Empty(runs.Single(run => run.Arm.Name == "alone" && run.Seed == 2).After);
    }

    [Theory]
    [InlineData("{run:teacher@teach}", "{run:techer@teach}")]
    [InlineData("{run:teacher@teach}", "{run:alone@learn}")] // stands behind it
    public void Create_RunThatIsNotBefore_IsNamed(string part, string instead)
    {
        SettingsException exception = Assert.Throws<SettingsException>(() =>
            Plan(Taught.Replace(part, instead, StringComparison.Ordinal))
        );

        Assert.Contains($"{instead} names no run before this one", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TeacherAndStudent_AreTrainedInOrderAndFoundAgain()
    {
        ReproductionReport first = await Run();
        string[] written = Configs();
        DateTime[] times = [.. written.Select(File.GetLastWriteTimeUtc)];
        ReproductionReport again = await Run();

        Assert.Empty(first.Failures);
        Assert.Empty(again.Failures);
        Assert.Equal(6, written.Length);
        Assert.Equal(times, written.Select(File.GetLastWriteTimeUtc)); // nothing was trained twice
        string student = written.First(path => path.Contains("student", StringComparison.Ordinal));
        string path = File.ReadLines(student).Single(line => line.TrimStart().StartsWith("path:", StringComparison.Ordinal));
        string teacher = PolicyFolder.Find(path.Split(": ")[1].Trim('\'', '"'));
        Assert.Contains(PolicyFiles.Describe(teacher).WeightsSha256, File.ReadAllText(student), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TeacherFails_StudentSaysSo()
    {
        // A teacher that is planned where nothing can be planned.
        string claim = Taught
            .Replace("GridWorld/RandomGrid-v0?board={seed}", "CartPole-v1", StringComparison.Ordinal)
            .Replace(
                "agent: ppo, tasks: [teach] }",
                "agent: ppo, tasks: [teach], settings: { ppo: { auxiliary: { distillation: { teacher: planned } } } } }",
                StringComparison.Ordinal
            );

        ReproductionReport report = await Run(claim);

        Assert.Contains(
            report.Failures,
            failure => failure.Error!.Contains("the run that it begins with", StringComparison.Ordinal)
        );
    }

    /// <summary>What claims measure is learned by the product: nothing in Studies knows what a loss is.</summary>
    [Fact]
    public void Claims_OfEveryKind_ComputeNoLoss()
    {
        string[] found =
        [
            .. typeof(Reproducer)
                .Assembly.GetTypes()
                .SelectMany(type =>
                    TypeMentions.Of(type).Where(IsOfLosses).Select(mentioned => $"{type.Name}: {mentioned.Name}")
                ),
        ];

        Assert.Equal([], found);
        Assert.Contains(
            TypeMentions.Of(
                typeof(Learners.Auxiliary.DistillationSettings)
                    .Assembly.GetTypes()
                    .First(type => type.Name == "DistillationStage")
            ),
            IsOfLosses
        );

        static bool IsOfLosses(Type type) =>
            type.Namespace is { } space
            && (
                space.StartsWith("Learners.Objectives", StringComparison.Ordinal)
                || space.StartsWith("Learners.Stages", StringComparison.Ordinal)
                || space.StartsWith("Learners.Models", StringComparison.Ordinal)
                || space.StartsWith("Learners.Engines", StringComparison.Ordinal)
                || space.StartsWith("Agents.Programs", StringComparison.Ordinal)
            );
    }

    private string[] Configs() =>
        Directory
            .GetFiles(_folder.In("out", "runs"), "config.yaml", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .ToArray();

    private static ReproductionPlan Plan(string yaml) =>
        ReproductionPlan.Create(
            "test",
            SampleClaims.Parse(yaml),
            Studies.Claims.ReproductionBudget.Quick,
            null,
            EnvironmentRegistry.Default,
            AgentRegistry.Default
        );

    private async Task<ReproductionReport> Run(string claim = Taught)
    {
        await File.WriteAllTextAsync(_folder.In("taught.yaml"), claim, TestContext.Current.CancellationToken);
        return await Reproducer.RunAsync(
            _folder.In("taught.yaml"),
            new ReproductionOptions
            {
                CreateStarter = _ => new ChildRunStarter(
                    ["dotnet", Path.Combine(AppContext.BaseDirectory, "agents-cli.dll")],
                    []
                ),
                Folder = _folder.In("out"),
                Jobs = 2,
                Command = "agents reproduce taught.yaml",
            },
            TestContext.Current.CancellationToken
        );
    }
}

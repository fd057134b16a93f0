using Agents.Yaml;
using Environments;
using Learners.Configuration;
using Learners.Metrics;
using Studies;
using Studies.Claims;
using Studies.Reports;
using Studies.Running;
using Studies.Statistics;
using Xunit;

namespace Tests.StudyTests;

/// <summary>Claims whose arms learn from samples, alone and beside agents.</summary>
public sealed class SupervisedClaimTests : IDisposable
{
    private const string Mixed = """
        title: A step that is not 0 learns
        source: a test
        seeds: 3
        arms:
          - name: moving
            supervised: true
          - name: still
            supervised: true
            settings: { learning_rate: 0, max_gradient_norm: 1 }
          - name: ppo
            settings: { ppo: { epochs: 1 } }
        tasks:
          - supervised: gaussian_centres
            steps: 150
            settings: { log_every: 10, gaussian_centres: { training_points: 1000, evaluation_points: 200 } }
          - environment: CartPole-v1
            steps: 2_048
        measures:
          - name: accuracy at the end
            metric: summary
            column: evaluation.accuracy
            effect: difference
            arms: [moving, still]
            tasks: [gaussian_centres]
            expected: above
          - name: last loss
            metric: column_last
            column: losses/loss
            effect: difference
            arms: [moving, still]
            tasks: [gaussian_centres]
            expected: below
          - name: loss after 75 updates
            metric: column_at
            column: losses/loss
            at: 75
            effect: difference
            arms: [moving, still]
            tasks: [gaussian_centres]
            expected: below
          - name: some return
            metric: evaluation_return
            effect: bar
            arms: [ppo]
            tasks: [CartPole-v1]
            expected: above
            bar: 5
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Plan_ArmsTakePartInTasksOfTheirKind()
    {
        ReproductionPlan plan = Plan(Mixed);

        Assert.Equal(
            ["gaussian_centres/moving", "gaussian_centres/still", "CartPole-v1/ppo"],
            plan.Runs.Where(run => run.Seed == 1).Select(run => $"{run.Task.Name}/{run.Arm.Name}")
        );
        var still = Assert.IsType<SupervisedWork>(plan.Runs.First(run => run.Arm.Name == "still").Work);
        Assert.Equal(0, still.Settings.LearningRate);
        Assert.Equal(1_000, ((Learners.Supervised.Tasks.GaussianCentresTask)still.Settings.Task).TrainingPoints);
        Assert.Equal((1UL, 150L), (still.Settings.Seed, still.Settings.Updates));
        Assert.Equal(9, plan.Runs.Select(run => run.Folder).Distinct().Count());
    }

    [Fact]
    public async Task Run_MixedClaim_MeasuresBothKinds()
    {
        File.WriteAllText(_folder.In("mixed.yaml"), Mixed);
        var starter = new SampleClaims.InProcess();
        var options = new ReproductionOptions
        {
            CreateStarter = _ => starter,
            Folder = _folder.In("out"),
            Jobs = 1,
        };

        ReproductionReport report = await Reproducer.RunAsync(_folder.In("mixed.yaml"), options, CancellationToken.None);

        Assert.Empty(report.Failures);
        Assert.Equal(
            [Verdict.Seen, Verdict.Seen, Verdict.Seen, Verdict.Seen],
            report.Measures.Select(measure => measure.Verdict)
        );
        Assert.Contains(
            "| gaussian_centres | moving | identity | gaussian_centres | 150 |",
            File.ReadAllText(report.MarkdownFile)
        );
        RunOutcome outcome = Assert.Single(report.Outcomes, outcome => outcome.Run.Arm.Name == "moving" && outcome.Run.Seed == 1);
        (double[] steps, double[] losses) = MetricsTable.Read(outcome.Files.Metrics).Column("losses/loss");
        ClaimMeasure at = report.Measures[2].Measure;
        Assert.Equal(losses[Array.IndexOf(steps, 70.0)], RunMetrics.Read(at, outcome).Low);
        Assert.Equal(losses[^1], RunMetrics.Read(at with { At = 1_000 }, outcome).Low);
        Assert.True(RunMetrics.Read(at with { At = 9 }, outcome).IsMissing);
        int trained = starter.Trained.Count;
        await Reproducer.RunAsync(_folder.In("mixed.yaml"), options, CancellationToken.None);
        Assert.Equal(trained, starter.Trained.Count); // what is there is taken as it is
    }

    [Theory]
    [InlineData(
        "tasks: [gaussian_centres]\n    expected: above",
        "tasks: [CartPole-v1]\n    expected: above",
        "takes no part in task 'CartPole-v1'"
    )]
    [InlineData(
        "metric: column_last\n    column: losses/loss",
        "metric: final_return",
        "reads episodes, and 'gaussian_centres' has none"
    )]
    [InlineData("    at: 75\n", "", "column_at and return_at look at a step")]
    [InlineData("metric: column_last", "metric: column_last\n    at: 3", "at is read by column_at and return_at only")]
    [InlineData("- supervised: gaussian_centres", "- supervised: gaussian_centres\n    environment: Acrobot-v1", "not both")]
    [InlineData("  - name: ppo\n    settings: { ppo: { epochs: 1 } }", "", "'CartPole-v1' is an environment, and no arm is")]
    [InlineData(
        "supervised: true\n  - name: still",
        "supervised: true\n    agent: ppo\n  - name: still",
        "a supervised arm has no agent"
    )]
    public void Parse_KindsThatDoNotFit_AreRefused(string part, string instead, string expected)
    {
        string yaml = Mixed.ReplaceLineEndings("\n");
        Assert.Contains(part, yaml, StringComparison.Ordinal);

        string message = Assert
            .Throws<SettingsException>(() => SampleClaims.Parse(yaml.Replace(part, instead, StringComparison.Ordinal)))
            .Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_UnknownTask_SuggestsOne()
    {
        string message = Assert
            .Throws<SettingsException>(() =>
                Plan(
                    Mixed.Replace(
                        "supervised: gaussian_centres",
                        "label: gaussian_centres\n    supervised: gaussian",
                        StringComparison.Ordinal
                    )
                )
            )
            .Message;

        Assert.Contains("there is no task 'gaussian'", message, StringComparison.Ordinal);
    }

    private static ReproductionPlan Plan(string yaml) =>
        ReproductionPlan.Create(
            "mixed",
            SampleClaims.Parse(yaml),
            ReproductionBudget.Quick,
            null,
            EnvironmentRegistry.Default,
            AgentRegistry.Default
        );
}

using System.Text.Json;
using Agents.Policies;
using Cli;
using Learners.Composition;
using Learners.Impala;
using Learners.Metrics;
using Tests.FleetTests;
using Xunit;

namespace Tests.CliTests;

/// <summary><c>agents distill</c>.</summary>
public sealed class DistillCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("CartPole-v1", "hidden_sizes: [16]", 60_000)]
    [InlineData("Pendulum-v1", "hidden_sizes: [16]", 30_000)]
    public async Task Distill_SmallerStudent_ActsAsItsTeacher(string environment, string network, int steps)
    {
        await Teach(environment);
        await File.WriteAllTextAsync(_folder.In("student.yaml"), network, TestContext.Current.CancellationToken);

        (int code, string output, string error) = await Run(
            "distill",
            _folder.In("teacher"),
            "--student",
            _folder.In("student.yaml"),
            "--steps",
            $"{steps}",
            "--out",
            _folder.In("student"),
            "--episodes",
            "10",
            "--seed",
            "7",
            "--json",
            "--set",
            "ppo.learning_rate=3e-3"
        );

        Assert.True(code == 0, error);
        JsonElement report = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
        Assert.InRange(report.GetProperty("divergence").GetDouble(), 0, 0.05);
        if (environment == "CartPole-v1")
        {
            Assert.InRange(report.GetProperty("agreement").GetDouble(), 0.95, 1);
        }
        else
        {
            Assert.Equal(JsonValueKind.Null, report.GetProperty("agreement").ValueKind);
        }
        JsonElement teacher = report.GetProperty("teacher");
        JsonElement student = report.GetProperty("student");
        Assert.True(student.GetProperty("parameters").GetInt32() < teacher.GetProperty("parameters").GetInt32() / 4);
        Assert.True(student.GetProperty("microseconds").GetDouble() > 0);
        using var saved = SavedPolicy.Load(report.GetProperty("policy").GetString()!);
        Assert.Equal(student.GetProperty("parameters").GetInt32(), saved.ParameterCount);
    }

    [Fact]
    public async Task Distill_FromTheJournalOfAFleet_PlaysNothing()
    {
        TrainingSettings recorded = FleetRun.Small with
        {
            Fleet = new FleetSettings { Journal = true, KeepJournal = true },
            Agent = new ImpalaSettings { Copies = 4, UnrollLength = 8 },
        };
        using (var run = new FleetRun(_folder))
        {
            await run.RunAsync(recorded);
        }
        await Teach("CartPole-v1");
        string[] words =
        [
            "distill",
            _folder.In("teacher"),
            "--from",
            _folder.In("run"),
            "--steps",
            "20000", // more than ten times what was recorded
            "--episodes",
            "2",
            "--json",
            "--set",
            "ppo.learning_rate=3e-3",
            "ppo.learning_rate_schedule=constant",
            "ppo.clip_range_schedule=constant",
        ];

        (int code, string output, string error) = await Run([.. words, "--out", _folder.In("one")]);
        int half = Array.IndexOf(words, "20000");
        (int begun, _, _) = await Run([.. words[..half], "10000", .. words[(half + 1)..], "--out", _folder.In("two")]);
        (int again, _, _) = await Run("train", "--resume", _folder.In("two"), "--steps", "20000");

        Assert.True(code == 0, error);
        Assert.Equal((0, 0), (begun, again));
        JsonElement report = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
        Assert.InRange(report.GetProperty("agreement").GetDouble(), 0.8, 1);
        using var one = SavedPolicy.Load(_folder.In("one", "policy"));
        using var two = SavedPolicy.Load(_folder.In("two", "policy"));
        Assert.Equal(one.ParameterHash, two.ParameterHash);
        (int refused, _, string why) = await Run([
            .. words,
            "--environment",
            "CartPole-v1?length=1",
            "--out",
            _folder.In("other"),
        ]);
        Assert.NotEqual(0, refused);
        Assert.Contains("was recorded on CartPole-v1, and this run learns CartPole-v1?length=1", why, StringComparison.Ordinal);
        // The journal has 1,600 steps, and what was scored in them is told again and again; nobody saw other episodes.
        double[] returns = MetricsTable.Read(_folder.In("one", "metrics.csv")).Column("charts/episodic_return").Values;
        double[] recordedReturns = MetricsTable.Read(_folder.In("run", "metrics.csv")).Column("charts/episodic_return").Values;
        Assert.InRange(returns.Average(), recordedReturns.Min(), recordedReturns.Max());
    }

    [Theory]
    [InlineData("There is no folder 'nothing'", "distill", "nothing")]
    [InlineData("reads observations of", "distill", "TEACHER", "--environment", "Pendulum-v1")]
    [InlineData("There is no agent 'ppq'", "distill", "TEACHER", "--agent", "ppq")]
    [InlineData("unrolls_from: 'nowhere' holds no run", "distill", "TEACHER", "--from", "nowhere")]
    [InlineData("unrolls_from: the run in", "distill", "TEACHER", "--from", "TEACHER")]
    [InlineData(
        "The network of the student (--student) cannot be read. There is no file 'none.yaml'.",
        "distill",
        "TEACHER",
        "--student",
        "none.yaml"
    )]
    [InlineData(
        "what follows another policy's actions",
        "distill",
        "TEACHER",
        "--set",
        "ppo.auxiliary.distillation.control=teacher"
    )]
    [InlineData("neither a method nor the teacher's values", "distill", "TEACHER", "--method", "none")]
    [InlineData(
        "default_policy.prior: the policy in",
        "train",
        "Pendulum-v1",
        "--set",
        "ppo.auxiliary.default_policy.prior=saved",
        "ppo.auxiliary.default_policy.saved.path=TEACHER"
    )]
    [InlineData(
        "There is no folder 'nothing'",
        "train",
        "CartPole-v1",
        "--set",
        "ppo.auxiliary.default_policy.learned.path=nothing"
    )]
    [InlineData(
        "distillation.teacher is planned, and CartPole-v1 does not tell its exact dynamics",
        "train",
        "CartPole-v1",
        "--set",
        "ppo.auxiliary.distillation.teacher=planned"
    )]
    public async Task Run_WhatCannotBe_IsOneLine(string expected, params string[] words)
    {
        await Teach("CartPole-v1");

        (int code, _, string error) = await Run([
            .. words.Select(word => word.Replace("TEACHER", _folder.In("teacher"), StringComparison.Ordinal)),
            "--out",
            _folder.In("never"),
        ]);

        Assert.NotEqual(0, code);
        string line = Assert.Single(
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => line.StartsWith("error: ", StringComparison.Ordinal)
        );
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    private async Task Teach(string environment)
    {
        (int code, _, string error) = await Run(
            "train",
            environment,
            "--steps",
            "20000",
            "--seed",
            "4",
            "--out",
            _folder.In("teacher"),
            "--set",
            "evaluation.episodes=0",
            "evaluation.final_episodes=2"
        );
        Assert.True(code == 0, error);
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await Application.RunAsync(words, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}

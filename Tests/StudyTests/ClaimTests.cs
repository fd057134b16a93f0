using Agents.Yaml;
using Environments;
using Learners.ActorCritic;
using Learners.Configuration;
using Studies.Claims;
using Studies.Running;
using Xunit;

namespace Tests.StudyTests;

public sealed class ClaimTests
{
    public static TheoryData<string> Shipped => [.. ClaimLibrary.Names];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Load_EveryShippedClaim_IsValidAndItsKnownAgentsResolve(string name)
    {
        (_, Claim claim) = ClaimLibrary.Load(name);
        ClaimArm[] known = [.. claim.Arms.Where(arm => arm.Supervised || AgentRegistry.Default.Names.Contains(arm.AgentName))];
        // ACKTR is the one agent that a claim may name before it is there.
        Assert.DoesNotContain(claim.Arms.Except(known), arm => arm.AgentName != "acktr");

        foreach (ReproductionBudget budget in Enum.GetValues<ReproductionBudget>())
        {
            var plan = ReproductionPlan.Create(
                name,
                claim with
                {
                    Arms = known,
                },
                budget,
                1,
                EnvironmentRegistry.Default,
                AgentRegistry.Default
            );

            Assert.Equal(plan.Tasks.Sum(task => plan.Claim.ArmsOn(task).Count()), plan.Runs.Count);
            Assert.All(plan.Runs, run => Assert.Equal(run.Task.StepsOf(budget), run.Work.Steps));
            Assert.All(
                plan.Runs.Where(run => !run.Arm.Supervised && run.Arm.IsOneRun),
                run => Assert.True(run.Settings.RecordEpisodes)
            );
        }
    }

    [Fact]
    public void Load_UnknownName_SuggestsTheNearest()
    {
        UnknownNameException error = Assert.Throws<UnknownNameException>(() => ClaimLibrary.Load("ppo-cartpol"));

        Assert.Contains("Did you mean 'ppo-cartpole'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFile_SaysSo()
    {
        SettingsException error = Assert.Throws<SettingsException>(() => ClaimLibrary.Load("/nowhere/claim.yaml"));

        Assert.Contains(
            "There is no file '/nowhere/claim.yaml', nor a folder '/nowhere'.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("seeds: 3", "seed: 3", "there is no setting 'seed'. Did you mean 'seeds'?")]
    [InlineData("threshold: 15", "treshold: 15", "Did you mean 'tasks.threshold'?")]
    [InlineData("episodes: 5", "episode: 5", "Did you mean 'measures.episodes'?")]
    [InlineData("arms: [ppo, a2c]\n    expected", "arms: [ppo, a2d]\n    expected", "there is no arm 'a2d'. Did you mean 'a2c'?")]
    [InlineData("    threshold: 15", "", "'frames to 15': it needs a threshold")]
    [InlineData("    expected: above\n", "", "a bar is reached from one side")]
    [InlineData("expected: below", "expected: below\n    size: 1.4", "size lies on the expected side of 1")]
    [InlineData("expected: below", "expected: lower", "measures.expected is 'lower', but must be one of none, below, above")]
    [InlineData("expected: below", "bar: 3", "bar and share belong to effect: bar")]
    [InlineData("    column: losses/entropy\n", "", "'entropy': this metric reads a named number")]
    [InlineData("label: A2C", "agent: a2c\n  - name: ppo", "the name 'ppo' stands twice")]
    [InlineData("name: a2c", "name: A2C/x", "'A2C/x' cannot name a folder")]
    [InlineData("seeds: 3", "seeds: 0", "seeds is 0, but must be between 1 and 1000")]
    [InlineData("source: a test", "source: ''", "names the paper")]
    [InlineData(
        "evaluation: {",
        "vmpo: { epochs: 1 }\n  evaluation: {",
        "settings: vmpo.epochs belongs to the agent vmpo, but ppo and a2c are"
    )]
    [InlineData(
        "steps: 2_048",
        "steps: 2_048\n    settings: { impala: {} }",
        "settings: task 'CartPole-v1': impala belongs to the agent"
    )]
    [InlineData(
        "label: A2C",
        "settings: { ppo: { epochs: 1 } }",
        "settings: arm 'a2c': ppo.epochs belongs to the agent ppo, but a2c is"
    )]
    public void Parse_Mistakes_AreNamedWithTheFix(string right, string wrong, string message)
    {
        Assert.Contains(right, SampleClaims.Tiny, StringComparison.Ordinal);
        string text = SampleClaims.Tiny.Replace(right, wrong, StringComparison.Ordinal);

        SettingsException error = Assert.Throws<SettingsException>(() => SampleClaims.Parse(text));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_SettingsOfEveryArmsAgent_ReachOnlyTheRunsOfThatAgent()
    {
        Claim claim = SampleClaims.Parse(
            SampleClaims.Tiny.Replace(
                "evaluation: {",
                "ppo: { learning_rate: 0.5 }\n  a2c: { learning_rate: 0.25 }\n  evaluation: {",
                StringComparison.Ordinal
            )
        );

        var plan = ReproductionPlan.Create(
            "tiny",
            claim,
            ReproductionBudget.Quick,
            1,
            EnvironmentRegistry.Default,
            AgentRegistry.Default
        );

        Assert.Equal([0.5f, 0.25f], plan.Runs.Select(run => run.Settings.Of<ActorCriticSettings>().LearningRate));
        Assert.DoesNotContain("a2c:", plan.Runs[0].Config, StringComparison.Ordinal);
        Assert.DoesNotContain("ppo:", plan.Runs[1].Config, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Tiny_IsValid() => Assert.Equal(2, SampleClaims.Parse(SampleClaims.Tiny).Arms.Length);
}

using Agents.Networks;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Configuration;
using Learners.Metrics;
using Learners.References;
using Learners.Runs;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Auxiliary;

/// <summary>Closed forms of KL-regularised learning, through the stage and objectives that train (Galashov et al. 2019; Teh et al. 2017).</summary>
public sealed class DefaultPolicyTests : IDisposable
{
    private static readonly double[][] Prior =
    [
        [0.5, 0.3, 0.2],
    ];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>At the soft optimum π0 exp(Q / α) / Z nothing pulls any more, and at no other policy.</summary>
    [Theory]
    [InlineData(0.5f, 0, new[] { 1.0, 0, 2 }, new[] { 0.24772, 0.02012, 0.73217 })]
    [InlineData(1, 0, new[] { 1.0, 0, 2 }, new[] { 0.43327, 0.09563, 0.47110 })]
    [InlineData(2, 0, new[] { 1.0, 0, 2 }, new[] { 0.49422, 0.17985, 0.32593 })]
    [InlineData(0.1f, 0.1f, new[] { 0.2, -0.1, 0.05 }, new[] { 0.67954, 0.11745, 0.20301 })] // the multi-task form, α 0.5 and β 5
    public void Gradient_AtTheSoftOptimum_Vanishes(float weight, float entropyWeight, double[] q, double[] optimum)
    {
        double[] logits = [.. optimum.Select(p => Math.Log(p))];

        Assert.All(Pull(logits, weight, entropyWeight, q), number => Assert.Equal(0, number, 2e-5));
        Assert.Contains(Pull([0, 0, 0], weight, entropyWeight, q), number => Math.Abs(number) > 1e-2);
    }

    /// <summary>d KL / d logits = π (log (π / π0) − KL).</summary>
    [Fact]
    public void Gradient_OfTheDivergence_IsItsClosedForm()
    {
        double[] policy = [0.2, 0.5, 0.3];
        double divergence = policy.Zip(Prior[0], (p, q) => p * Math.Log(p / q)).Sum();

        double[] gradient = Pull([.. policy.Select(p => Math.Log(p))], 1, 0, [0, 0, 0]);

        Assert.All(
            Enumerable.Range(0, 3),
            i => Assert.Equal(policy[i] * (Math.Log(policy[i] / Prior[0][i]) - divergence), gradient[i], 1e-6)
        );
    }

    /// <summary>A divergence of k at each observation costs −α k γ / (1 − γ) from any of them on, that of the present one not among it.</summary>
    [Fact]
    public void Prepare_ConstantDivergence_CostsWhatFollowsAlone()
    {
        const float discount = 0.9f;
        const float alpha = 0.5f;
        var task = new EnumeratedTrajectories(1, 3, [([0, 0, 0, 0], [0, 1, 2, 0], [1, 1, 1, 1], 1)]);
        double[] policy = [0.2, 0.5, 0.3];
        double k = policy.Zip(Prior[0], (p, q) => p * Math.Log(p / q)).Sum();
        using DefaultPolicyStage stage = Stage(task, new DefaultPolicySettings { Weight = alpha }, discount);

        float[] rewards = task.Rewards([.. policy.Select(p => Math.Log(p))], stage, discount);

        Assert.All(rewards[..3], reward => Assert.Equal(1 - alpha * discount * k, reward, 1e-6));
        Assert.Equal(1, rewards[3]); // nothing follows
        double value = -alpha * k * discount / (1 - discount);
        Assert.Equal(value, rewards[0] - 1 + discount * value, 1e-5);
    }

    [Fact]
    public void Prepare_NotInTheReturn_LeavesRewardsAsTheyAre()
    {
        var task = new EnumeratedTrajectories(1, 3, [([0, 0], [0, 1], [1, 2], 1)]);
        using DefaultPolicyStage stage = Stage(task, new DefaultPolicySettings { InReturn = false }, 0.9f);

        Assert.DoesNotContain(Learners.Batches.Column.Rewards, stage.Writes);
        Assert.Equal([1, 2], task.Rewards([0, 1, 2], stage, 0.9f));
    }

    /// <summary>Held to the uniform policy, the agent is one with an entropy bonus: KL = log A − H.</summary>
    [Fact]
    public async Task TrainAsync_UniformPrior_IsAnEntropyBonus()
    {
        TrainingResult regularised = await Train(
            "uniform",
            "a2c.entropy_coefficient=0",
            "a2c.auxiliary.default_policy.prior=uniform",
            "a2c.auxiliary.default_policy.weight=0.03",
            "a2c.auxiliary.default_policy.in_return=false"
        );
        TrainingResult bonus = await Train("bonus", "a2c.entropy_coefficient=0.03");
        TrainingResult neither = await Train("neither", "a2c.entropy_coefficient=0");

        float[] expected = Parameters(bonus);
        float[] actual = Parameters(regularised);
        double distance = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        double effect = expected.Zip(Parameters(neither), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(distance < 1e-3 * effect, $"{distance} apart, where the bonus moves {effect}");
    }

    /// <summary>Of two contexts that it cannot tell apart the default learns the mixture, and its divergence is the mutual information.</summary>
    [Fact]
    public void Learn_ContextHidden_IsTheMixtureOfPolicies()
    {
        // Context 0 in one of four copies.
        var task = new EnumeratedTrajectories(
            2,
            2,
            [.. Enumerable.Range(0, 4).Select(copy => ((int[])[copy == 0 ? 0 : 1], (int[])[0], (float[])[0], 0.25))]
        );
        double[] agent = [Math.Log(0.9), Math.Log(0.1), Math.Log(0.2), Math.Log(0.8)];
        var settings = new LearnedReferenceSettings
        {
            Network = new NetworkSettings { HiddenSizes = [], View = ["1"] },
            Optimizer = new Learners.Optimizers.SgdSettings(),
            LearningRate = 1,
            UniformShare = 0,
        };
        LearnerContext run = task.Run(1);
        using var stage = new DefaultPolicyStage(
            new DefaultPolicySettings { InReturn = false },
            settings.Create(new ReferenceContext(run, run.Seed, "default_policy.prior")),
            run
        );
        double divergence = 0;
        for (int i = 0; i < 200; i++)
        {
            divergence = task.Learn(agent, stage)["default_policy/divergence"];
        }

        Assert.Equal(0.204991, divergence, 1e-5);
    }

    [Fact]
    public async Task TrainAsync_LearnedDefault_IsSavedAsAPolicyThatGoesOn()
    {
        string[] learned =
        [
            "a2c.auxiliary.default_policy.weight=0.01",
            "a2c.auxiliary.default_policy.learned.network.view=[0,2]",
            "a2c.auxiliary.default_policy.learned.network.hidden_sizes=[8]",
        ];
        TrainingResult first = await Train("first", learned);
        string saved = Path.Combine(first.RunFolder, "default_policy");
        using var policy = Agents.Policies.SavedPolicy.Load(saved);
        TrainingResult next = await Train(
            "next",
            "a2c.auxiliary.default_policy.weight=0.01",
            $"a2c.auxiliary.default_policy.learned.path={saved}",
            "a2c.auxiliary.default_policy.learned.learning_rate=0"
        );
        using var kept = Agents.Policies.SavedPolicy.Load(Path.Combine(next.RunFolder, "default_policy"));
        TrainingResult frozen = await Train(
            "frozen",
            "a2c.auxiliary.default_policy.weight=0.01",
            "a2c.auxiliary.default_policy.prior=saved",
            $"a2c.auxiliary.default_policy.saved.path={saved}"
        );

        Assert.Equal(["0", "2"], policy.Network.View!);
        Assert.Equal(policy.ParameterHash, kept.ParameterHash);
        Assert.Equal(next.ParameterHash, frozen.ParameterHash);
        Assert.NotEqual(first.ParameterHash, next.ParameterHash);
        Assert.False(Directory.Exists(Path.Combine(frozen.RunFolder, "default_policy")));
        MetricsTable table = MetricsTable.Read(new RunFolder(first.RunFolder).Metrics);
        Assert.True(table.Column("default_policy/loss").Values.ToArray() is [> 0, .., > 0]);
    }

    private static double[] Pull(double[] logits, float weight, float entropyWeight, double[] q)
    {
        double sum = logits.Sum(p => Math.Exp(p));
        var task = new EnumeratedTrajectories(
            1,
            q.Length,
            [
                .. q.Select(
                    (reward, action) => ((int[])[0], (int[])[action], (float[])[(float)reward], Math.Exp(logits[action]) / sum)
                ),
            ]
        );
        var settings = new DefaultPolicySettings { Weight = weight, EntropyWeight = entropyWeight };
        using DefaultPolicyStage stage = Stage(task, settings, 1);
        return task.Gradient(logits, stage, stage.Objectives);
    }

    private static DefaultPolicyStage Stage(EnumeratedTrajectories task, DefaultPolicySettings settings, float discount) =>
        new(settings, task.Table(Prior), task.Run(discount));

    private static float[] Parameters(TrainingResult result)
    {
        using var policy = Agents.Policies.SavedPolicy.Load(result.PolicyFolder);
        return policy.Parameters.ToArray();
    }

    private Task<TrainingResult> Train(string name, params string[] assignments) =>
        Trainer.TrainAsync(
            SettingsSources.Load(
                "CartPole-v1",
                "a2c",
                null,
                [
                    "total_steps=2048",
                    "evaluation.episodes=0",
                    "evaluation.final_episodes=2",
                    "a2c.copies=8",
                    "a2c.unroll_length=16",
                    "a2c.optimizer=sgd",
                    "a2c.learning_rate=0.1",
                    .. assignments,
                ]
            ),
            new TrainingOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );
}

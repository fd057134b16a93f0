using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Randomness;
using Learners.Auxiliary;
using Learners.Evaluation;
using Xunit;

namespace Tests.LearnerTests.Evaluation;

/// <summary>Branches that say the same as reaction never act otherwise, and branches that say something else do.</summary>
public sealed class BranchRecorderTests
{
    [Theory]
    [InlineData("Memory/Recall-v0?delay=6", 7, 0)]
    [InlineData("Pendulum-v1", 200, 0.125)] // half a standard deviation away
    public void Record_BranchesWithAndWithoutReactionsOpinion_AreToldApart(string environment, int length, double divergence)
    {
        using SavedPolicy policy = Policy(environment, "ppr");

        BranchReport report = BranchRecorder.Record(policy, new BranchOptions { Episodes = 3, Seed = 4 });

        Assert.Equal((3, 3 * length), (report.Episodes, report.Steps));
        Assert.Equal(["perception", "prediction"], report.Branches.Select(branch => branch.Branch));
        Assert.Equal(0, report.Branches[0].ActsOtherwise);
        Assert.Equal(divergence, report.Branches[0].Divergence, 1e-6);
        Assert.Equal(1, report.Branches[1].ActsOtherwise);
        Assert.True(report.Branches[1].Divergence > 1, $"{report.Branches[1].Divergence}");
    }

    [Fact]
    public void Record_PolicyWithoutBranches_SaysWhatIsNeeded()
    {
        using SavedPolicy policy = Policy("Memory/Recall-v0", "lstm");

        NotSupportedException exception = Assert.Throws<NotSupportedException>(() => BranchRecorder.Record(policy));

        Assert.Contains("--core ppr", exception.Message, StringComparison.Ordinal);
    }

    // Heads read nothing: reaction and perception prefer the first action, or 0; prediction the last, or 9.
    private static SavedPolicy Policy(string environment, string core)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(environment, 1);
        EnvironmentSpec task = batch.Spec;
        var spec = new NetworkSpec(
            task.ObservationSpace,
            task.ActionSpace,
            new NetworkSettings
            {
                Core = core,
                CoreSize = 4,
                SharedTrunk = true,
                Heads = core == "ppr" ? [.. new BranchDivergenceSettings().HeadsOf(task)] : [],
            }
        );
        var layout = new ParameterLayout(spec);
        var random = new Pcg64(1);
        float[] parameters = ParameterInitializer.Create(layout, ref random);
        foreach (string head in (string[])["actor.head", "heads.ppr_perception", "heads.ppr_prediction"])
        {
            if (layout.Find(head + ".weight") is not { } weight)
            {
                continue;
            }
            weight.In(parameters.AsSpan()).Clear();
            Span<float> bias = layout[head + ".bias"].In(parameters.AsSpan());
            bias.Clear();
            bool gaussian = layout.Find(ParameterLayout.LogStd) is not null;
            if (head.EndsWith("prediction", StringComparison.Ordinal))
            {
                bias[gaussian ? 0 : ^1] = 9;
            }
            else if (head.EndsWith("perception", StringComparison.Ordinal) && gaussian)
            {
                bias[0] = 0.5f;
            }
            else if (!gaussian)
            {
                bias[0] = 9;
            }
        }
        layout.Find(ParameterLayout.LogStd)?.In(parameters.AsSpan()).Clear();
        return new SavedPolicy(new PolicyInfo { Agent = "ppo", Environment = environment }, spec, parameters, null);
    }
}

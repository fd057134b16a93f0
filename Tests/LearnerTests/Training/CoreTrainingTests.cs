using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Policies;
using Agents.Programs;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

/// <summary>Every core of the table in training by every kind of agent, on every executor.</summary>
public sealed class CoreTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, EngineKind> Combinations
    {
        get
        {
            var data = new TheoryData<string, string, EngineKind>();
            foreach (CoreEntry core in MemoryCores.All)
            {
                foreach (string agent in AgentRegistry.Default.Names)
                {
                    data.Add(core.Name, agent, EngineKind.Managed);
                    data.Add(core.Name, agent, EngineKind.Torch);
                }
            }
            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task TrainAsync_EveryCoreAgentAndExecutor_MovesParametersToNumbers(string core, string agent, EngineKind engine)
    {
        (ParameterLayout layout, float[] early) = await Train(core, agent, engine, updates: 1);
        (_, float[] late) = await Train(core, agent, engine, updates: 3);

        foreach (ParameterSlot slot in layout.Slots)
        {
            Assert.False(slot.In(early.AsSpan()).SequenceEqual(slot.In(late.AsSpan())), $"{slot.Name} stayed as it was");
        }
        float[] changes = [.. early.Zip(late, (before, after) => after - before)];
        Assert.DoesNotContain(changes, change => !float.IsFinite(change));
        int stayed = changes.Count(change => change == 0); // some steps are lost in rounding
        double most = core == "ppr" ? 0.4 : 0.3; // two of its four cores learn from each other alone
        Assert.True(stayed < most * changes.Length, $"{stayed} of {changes.Length} parameters stayed where they were");
    }

    private async Task<(ParameterLayout, float[])> Train(string core, string agent, EngineKind engine, int updates)
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPoleNoVel-v1",
            agent,
            null,
            [
                $"network.core={core}",
                "network.core_size=6",
                "network.hidden_sizes=[5]",
                $"{agent}.copies=4",
                $"{agent}.unroll_length=12",
                $"total_steps={updates * 48}",
                "evaluation.episodes=1",
                "evaluation.final_episodes=1",
                .. core == "gtrxl"
                    ? (string[])["network.transformer.memory_length=4", "network.transformer.feed_forward_size=7"]
                    : [],
                // Two of its branches have no loss but this one, which the actor's trunk has.
                .. core == "ppr" ? (string[])["network.shared_trunk=true", $"{agent}.auxiliary.ppr.weight=1"] : [],
                .. agent == "acktr" ? (string[])["acktr.kfac.cold_updates=1"] : [],
            ]
        );
        TrainingResult result = await Trainer.TrainAsync(
            settings with
            {
                Engine = engine,
            },
            new TrainingOptions { OutputFolder = _folder.In($"{updates}") },
            TestContext.Current.CancellationToken
        );
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal(core, policy.Network.Core);
        return (new ParameterLayout(policy.ActingNetwork.Spec), policy.Parameters.ToArray());
    }
}

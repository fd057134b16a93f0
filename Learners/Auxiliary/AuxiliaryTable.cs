using Agents.Yaml;

namespace Learners.Auxiliary;

/// <summary>All that can be learned beside an agent's own objectives: one line each.</summary>
internal static class AuxiliaryTable
{
    /// <summary>The table.</summary>
    public static NameTable All { get; } =
        new(
            "auxiliary part",
            new BranchDivergenceSettings(),
            new CountBonusSettings(),
            new CurriculumSettings(),
            new DefaultPolicySettings(),
            new DiaynSettings(),
            new DistillationSettings(),
            new ExactValueSettings(),
            new NeuralRewardSettings(),
            new RandomNetworkDistillationSettings(),
            new RewardPredictionSettings()
        );
}

using Learners.ActorCritic;
using Learners.Composition;

namespace Learners.A2c;

/// <summary>Settings of synchronous advantage actor-critic (Mnih et al. 2016). Immutable; derive variants with <c>with</c>.</summary>
/// <remarks>
/// Defaults are those of openai/baselines: 16 copies, 5 steps, RMSProp at 7e-4 falling linearly (decay 0.99, epsilon 1e-5 outside
/// the root), γ 0.99, λ 1, entropy 0.01, advantages as they are.
/// </remarks>
public sealed record A2cSettings : ActorCriticSettings
{
    /// <inheritdoc/>
    public override Agent Agent => new A2cAgent();

    /// <summary>The defaults.</summary>
    public A2cSettings()
    {
        Copies = 16;
        UnrollLength = 5;
        LearningRate = 7e-4f;
        LearningRateSchedule = ScheduleKind.Linear;
        Lambda = 1f;
        EntropyCoefficient = 0.01f;
        Optimizer = new Optimizers.RmsPropSettings();
    }
}

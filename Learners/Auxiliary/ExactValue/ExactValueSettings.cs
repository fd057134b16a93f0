using System.ComponentModel.DataAnnotations;
using Agents.Yaml;
using Environments.Spaces;
using Environments.Tabular;
using Learners.Composition;

namespace Learners.Auxiliary;

/// <summary>
/// Settings of a measurement: the exact value of the agent's policy where episodes begin, for tasks that tell their dynamics and whose observation is the
/// number of the state. Nothing learns from it. Immutable.
/// </summary>
public sealed record ExactValueSettings : AuxiliarySettings
{
    /// <inheritdoc/>
    public override string Name => "exact_value";

    /// <inheritdoc/>
    public override string Description => "measures the policy's exact value on tabular tasks";

    /// <summary>Unrolls from one measurement to the next.</summary>
    /// <value>1 to 1,000,000. Default 1.</value>
    [Range(1, 1_000_000)]
    public int Period { get; init; } = 1;

    /// <summary>Temperature of the planned policy whose value is the measure of it; see <see cref="References.PlannedReferenceSettings"/>.</summary>
    /// <value>0 to 1e6. Default 0.1.</value>
    [Range(0f, 1e6f)]
    public float Temperature { get; init; } = 0.1f;

    /// <summary>Share of uniform actions in that policy.</summary>
    /// <value>0 to 1. Default 0.001.</value>
    [Range(0f, 1f)]
    public float UniformShare { get; init; } = 1e-3f;

    internal override bool AddsLoss => false;

    internal override AuxiliaryParts Create(AuxiliaryContext context)
    {
        LearnerContext run = context.Run;
        ITabularModel model = TaskDynamics.Of(
            run.FindTask,
            run.Network,
            run.Settings.Environment,
            run.Settings.Agent.DiscountFactor,
            $"{Name} plans with the dynamics of the task"
        );
        if (
            run.Network.ObservationSpace is not Discrete space
            || space.Count != model.StateCount
            || run.Network.CoreStateSize > 0
        )
        {
            throw new SettingsException(
                $"{Name} asks a policy without memory about each state by its number, and observations of {run.Settings.Environment} are {run.Network.ObservationSpace}. Leave it out, or choose a board such as GridWorld/RandomGrid-v0 and no core."
            );
        }
        return new AuxiliaryParts { Stages = [new ExactValueStage(this, model, run.Settings.Agent.DiscountFactor)] };
    }
}

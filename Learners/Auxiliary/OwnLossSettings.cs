using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Programs;
using Environments;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Auxiliary;

/// <summary>
/// A loss of your own beside those of an agent, with its settings. Derive a record with a public constructor without parameters; <c>--assembly</c> finds it, and a
/// program registers it by <c>OwnParts.Register</c>. Then it stands among an agent's parts, <c>ppo: { auxiliary: { my_loss: { weight: 0.1 } } }</c>. Immutable.
/// </summary>
/// <remarks>There is no gradient to write: it is made from the loss. Its metric is <c>losses/NAME_loss</c>, before the weight.</remarks>
public abstract record OwnLossSettings : AuxiliarySettings
{
    /// <summary>A loss with the defaults of its settings.</summary>
    protected OwnLossSettings() { }

    /// <summary>Weight of the loss in the sum that is minimised.</summary>
    /// <value>0 to 1e6. Default 1, unless overridden.</value>
    [Range(0f, 1e6f)]
    public virtual float Weight { get; init; } = 1;

    /// <summary>Heads that the agent's network has for it: dense layers on what the policy reads.</summary>
    /// <param name="environment">The task as the policy sees it.</param>
    /// <returns>Heads whose names begin with <see cref="Agents.Yaml.NamedSettings.Name"/>; none unless overridden.</returns>
    public virtual IReadOnlyList<HeadSettings> Heads(EnvironmentSpec environment) => [];

    /// <summary>The loss, one number.</summary>
    /// <param name="inputs">What it may read; <see cref="LossInputs.Mean"/> makes one number of one per sample.</param>
    public abstract Value Loss(LossInputs inputs);

    internal sealed override IEnumerable<HeadSettings> HeadsOf(EnvironmentSpec environment) => Heads(environment);

    internal sealed override AuxiliaryParts Create(AuxiliaryContext context) => new() { Objectives = [new OwnObjective(this)] };

    private sealed class OwnObjective(OwnLossSettings settings) : Objective
    {
        public override string Name => $"{settings.Name}_loss";

        public override IReadOnlyList<Column> Reads => [Column.Rewards];

        public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(settings.Weight);

        public override Value Loss(NetworkEvaluation evaluation) => settings.Loss(new LossInputs(evaluation, settings.Name));
    }
}

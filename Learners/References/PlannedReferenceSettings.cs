using System.ComponentModel.DataAnnotations;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Tabular;
using Learners.Composition;

namespace Learners.References;

/// <summary>
/// Settings of a policy that is planned from the exact dynamics of the task, where it is a finite table: softmax (Q* / temperature), mixed with uniform
/// actions. Immutable.
/// </summary>
public sealed record PlannedReferenceSettings : ReferenceSettings
{
    /// <inheritdoc/>
    public override string Name => "planned";

    /// <inheritdoc/>
    public override string Description => "planned from the exact dynamics of a tabular environment";

    /// <summary>Temperature of the softmax over the best policy's action values; 0 takes the best action.</summary>
    /// <value>0 to 1e6. Default 0.1.</value>
    [Range(0f, 1e6f)]
    public float Temperature { get; init; } = 0.1f;

    /// <summary>How often each action is another one drawn anew for each state: shares of copies of an action are as a Dirichlet distribution with 1 gives them.</summary>
    /// <value>1 to 10,000, a divisor of the number of actions. Default 1: none. Environments that offer each move several times need it.</value>
    [Range(1, 10_000)]
    public int ActionCopies { get; init; } = 1;

    /// <summary>Environment whose dynamics are planned, of the same states and actions, such as a board with other rewards.</summary>
    /// <value>Empty, the default, is the run's own.</value>
    public string Environment { get; init; } = "";

    internal override bool KnowsValues => true;

    internal override ReferencePolicy Create(ReferenceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ITabularModel model = TaskDynamics.Of(
            context.FindTask,
            context.Network,
            Environment.Length == 0 ? context.Settings.Environment : Environment,
            context.Settings.Agent.DiscountFactor,
            $"{context.Key} is planned"
        );
        if (model.ActionCount % ActionCopies != 0)
        {
            throw new SettingsException(
                $"{context.Key}: planned.action_copies is {ActionCopies}, which does not divide the {model.ActionCount} actions of {context.Settings.Environment}."
            );
        }
        // Drawn from the run's own seed, so that whoever plans for one run plans the same.
        var policy = new PlannedPolicy(
            this,
            model,
            context.Settings.Agent.DiscountFactor,
            new SeedSequence(context.Settings.Seed)
        );
        return new RawReference(policy.Say, 0, context.Network.Distribution, Exactly, context);
    }

    // The plan is of the mixture already.
    private PlannedReferenceSettings Exactly => this with { UniformShare = 0 };
}

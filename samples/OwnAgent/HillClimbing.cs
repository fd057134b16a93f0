using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Environments;
using Learners.Composition;

namespace OwnAgent;

/// <summary>Changes the parameters a little, and keeps the change where episodes then score better. No gradients.</summary>
public sealed class HillClimbing : Agent
{
    /// <inheritdoc/>
    public override string Name => "hill";

    /// <inheritdoc/>
    public override string Description => "hill climbing: random changes of the parameters, of which the better ones stay";

    /// <inheritdoc/>
    public override AgentSettings Defaults => new HillSettings();

    /// <inheritdoc/>
    /// <remarks>Without hidden layers, unless the run asks for some: few parameters are quickly searched.</remarks>
    public override NetworkSettings NetworkOf(EnvironmentSpec environment, TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Network with { HiddenSizes = settings.Network.HiddenSizes ?? [] };
    }

    /// <inheritdoc/>
    public override ILearner CreateLearner(LearnerContext context) => new HillLearner(context);
}

/// <summary>Settings of <see cref="HillClimbing"/>: in files the section <c>hill</c>, on the command line <c>--set hill.noise=0.5</c>.</summary>
public sealed record HillSettings : AgentSettings
{
    /// <inheritdoc/>
    public override Agent Agent => new HillClimbing();

    /// <inheritdoc/>
    /// <value>Default 8.</value>
    public override int Copies { get; init; } = 8;

    /// <inheritdoc/>
    /// <value>Default 256: several episodes say more about a change than one.</value>
    public override int UnrollLength { get; init; } = 256;

    /// <inheritdoc/>
    /// <value>Default 1: whole scores count.</value>
    public override float DiscountFactor { get; init; } = 1;

    /// <summary>Deviation of a change of one parameter.</summary>
    /// <value>0 to 100. Default 0.5.</value>
    [Range(0f, 100f)]
    public float Noise { get; init; } = 0.5f;
}

using Agents.Networks;
using Agents.Programs;
using Environments;
using Environments.Spaces;
using Learners.Auxiliary;

namespace Extend;

/// <summary>A head learns to say which action was taken, so that what it reads comes to know it.</summary>
public sealed record ActionMemory : OwnLossSettings
{
    private const string Scores = "action_memory_scores";

    /// <inheritdoc/>
    public override string Name => "action_memory";

    /// <inheritdoc/>
    public override string Description => "a head learns to say which action was taken";

    /// <inheritdoc/>
    /// <value>Default 0.01.</value>
    public override float Weight { get; init; } = 0.01f;

    /// <inheritdoc/>
    public override IReadOnlyList<HeadSettings> Heads(EnvironmentSpec environment) =>
        environment?.ActionSpace is Discrete discrete
            ? [new HeadSettings { Name = Scores, Size = discrete.Count }]
            : throw new NotSupportedException("Only discrete actions can be told apart. Leave action_memory out.");

    /// <inheritdoc/>
    public override Value Loss(LossInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        (Value logProbs, _) = inputs.Head(Scores).LogSoftmax();
        return inputs.Mean(-logProbs.Pick(inputs.Actions));
    }
}

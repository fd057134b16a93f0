namespace Learners.References;

/// <summary>
/// Settings of a policy that takes all actions equally often; of continuous actions each component has mean 0 and deviation 1, before it is scaled to its
/// bounds. Immutable.
/// </summary>
public sealed record UniformReferenceSettings : ReferenceSettings
{
    /// <inheritdoc/>
    public override string Name => "uniform";

    /// <inheritdoc/>
    public override string Description =>
        "takes all actions equally often, or draws continuous ones from a standard normal distribution";

    internal override ReferencePolicy Create(ReferenceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        // Equal logits, or mean 0 and deviation 1: the numbers of both are 0.
        return new RawReference(
            (_, _, _, _, distributions, _) => distributions.Clear(),
            0,
            context.Network.Distribution,
            this,
            context
        );
    }
}

using Agents.Distributions;
using Environments.Randomness;

namespace Agents.Policies.Acting;

/// <summary>Draws from the distribution itself.</summary>
internal sealed class SampleActing : IActingPolicy
{
    /// <inheritdoc/>
    public string Name => "sample";

    /// <inheritdoc/>
    public string Description => "draws each action from the policy's distribution";

    /// <inheritdoc/>
    public void Choose(ActionDistribution distribution, ReadOnlySpan<float> parameters, ref Pcg64 random, Span<float> action) =>
        distribution.Sample(parameters, ref random, action);

    /// <inheritdoc/>
    public float LogProb(
        ActionDistribution distribution,
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> action,
        float logProb
    ) => logProb;
}

using Agents.Distributions;
using Environments.Randomness;

namespace Agents.Policies.Acting;

/// <summary>Takes the most probable action, always: nothing is drawn.</summary>
internal sealed class GreedyActing : IActingPolicy
{
    /// <inheritdoc/>
    public string Name => "greedy";

    /// <inheritdoc/>
    public string Description => "takes the most probable action";

    /// <inheritdoc/>
    public void Choose(ActionDistribution distribution, ReadOnlySpan<float> parameters, ref Pcg64 random, Span<float> action) =>
        distribution.Mode(parameters, action);

    /// <inheritdoc/>
    /// <remarks>0: no other action could be taken. That is a probability also where actions are continuous, since a single one has no density.</remarks>
    public float LogProb(
        ActionDistribution distribution,
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> action,
        float logProb
    ) => 0;
}

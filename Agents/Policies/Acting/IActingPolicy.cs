using Agents.Distributions;
using Environments.Randomness;

namespace Agents.Policies.Acting;

/// <summary>How an agent acts: what it makes of the distribution that its network gives. Read next: <see cref="ActingPolicies"/>, which finds one by its name.</summary>
/// <remarks>
/// Stateless and thread-safe, so one object serves every row, thread and policy. Called for each row of each step: implementations allocate nothing,
/// keep no span, and draw from the given stream alone, so that equal seeds give equal actions.
/// </remarks>
public interface IActingPolicy
{
    /// <summary>Name in <c>policy.yaml</c> and in what a learner tells its actors, in lower case with underscores.</summary>
    string Name { get; }

    /// <summary>Half a sentence for people who choose one.</summary>
    string Description { get; }

    /// <summary>Chooses the action of one row.</summary>
    /// <param name="distribution">The family over the policy's action space.</param>
    /// <param name="parameters">Which member of it the network gave, <c>[P]</c>; the caller's, only read.</param>
    /// <param name="random">Advanced by what is drawn; left alone where nothing is.</param>
    /// <param name="action">Destination, <c>[ActionSize]</c>, all of it written: a value of the distribution, before it is mapped into the action space.</param>
    void Choose(ActionDistribution distribution, ReadOnlySpan<float> parameters, ref Pcg64 random, Span<float> action);

    /// <summary>Log-probability with which <see cref="Choose"/> takes an action that it took: what off-policy corrections divide by.</summary>
    /// <param name="distribution">As for <see cref="Choose"/>.</param>
    /// <param name="parameters">As for <see cref="Choose"/>, <c>[P]</c>.</param>
    /// <param name="action">What <see cref="Choose"/> wrote for them, <c>[ActionSize]</c>.</param>
    /// <param name="logProb">The action's log-probability in the distribution itself, in nats; it is computed for every row in any case.</param>
    /// <returns>In nats: of a probability, never positive; of a density where actions are continuous and drawn.</returns>
    float LogProb(ActionDistribution distribution, ReadOnlySpan<float> parameters, ReadOnlySpan<float> action, float logProb);
}

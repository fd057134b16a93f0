using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;

namespace Agents.Distributions;

/// <summary>A family of distributions over one action space, whose members a network describes by a row of P numbers.</summary>
/// <remarks>Stateless: parameters come in as spans, so that one object serves every thread and every row.</remarks>
public abstract class ActionDistribution
{
    private protected ActionDistribution() { }

    /// <summary>Numbers that the policy head computes per row.</summary>
    public abstract int HeadSize { get; }

    /// <summary>Numbers that describe one distribution, P: the head's, then those that do not depend on the observation.</summary>
    public abstract int ParameterSize { get; }

    /// <summary>Floats in one action.</summary>
    public abstract int ActionSize { get; }

    /// <summary>The family for an action space: categorical, multi-categorical or diagonal Gaussian.</summary>
    /// <exception cref="NotSupportedException">There is no distribution over this kind of space.</exception>
    public static ActionDistribution For(Space actionSpace) =>
        actionSpace switch
        {
            Discrete discrete => new Categorical(discrete.Count),
            MultiDiscrete multi => new MultiCategorical(multi.Counts),
            MultiBinary bits => new MultiCategorical(Enumerable.Repeat(2, bits.Count).ToArray()),
            Box box => new DiagonalGaussian(box.Size),
            _ => throw new NotSupportedException(
                $"There is no policy over {actionSpace}. Use Discrete, MultiDiscrete, MultiBinary or Box actions."
            ),
        };

    /// <summary>Draws an action.</summary>
    /// <param name="parameters"><c>[P]</c>.</param>
    /// <param name="random">Advanced by the draw.</param>
    /// <param name="action">Destination, <c>[ActionSize]</c>.</param>
    public abstract void Sample(ReadOnlySpan<float> parameters, ref Pcg64 random, Span<float> action);

    /// <summary>Writes the most probable action.</summary>
    public abstract void Mode(ReadOnlySpan<float> parameters, Span<float> action);

    /// <summary>Natural logarithm of the action's probability, or of its density.</summary>
    public abstract float LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action);

    /// <summary>Entropy in nats.</summary>
    public abstract float Entropy(ReadOnlySpan<float> parameters);

    /// <summary>Mixes a distribution over finitely many actions with the uniform one; of Gaussians nothing is uniform, and they stay as they are.</summary>
    /// <param name="parameters"><c>[P]</c>, changed in place.</param>
    /// <param name="share">Share of the uniform distribution, 0 to 1.</param>
    internal abstract void MixWithUniform(Span<float> parameters, float share);

    /// <summary>Log-probabilities of rows.</summary>
    /// <param name="parameters"><c>[rows, P]</c>.</param>
    /// <param name="actions"><c>[rows, ActionSize]</c>.</param>
    /// <param name="logProbs">Destination, <c>[rows]</c>.</param>
    internal void LogProbs(ReadOnlySpan<float> parameters, ReadOnlySpan<float> actions, Span<float> logProbs)
    {
        for (int row = 0; row < logProbs.Length; row++)
        {
            logProbs[row] = LogProb(
                parameters.Slice(row * ParameterSize, ParameterSize),
                actions.Slice(row * ActionSize, ActionSize)
            );
        }
    }

    /// <summary>Log-probabilities <c>[N, 1]</c> of actions <c>[N, ActionSize]</c>, with gradients in the parameters <c>[N, P]</c>.</summary>
    internal abstract Value LogProb(Value parameters, Value actions);

    /// <summary>Entropies <c>[N, 1]</c> in nats, with gradients in the parameters <c>[N, P]</c>.</summary>
    internal abstract Value Entropy(Value parameters);

    /// <summary>KL(p ‖ q) in nats, <c>[N, 1]</c>, with gradients in both.</summary>
    /// <param name="p">Parameters of the distributions that the expectation is over, <c>[N, P]</c>.</param>
    /// <param name="q">Parameters of the others, <c>[N, P]</c>.</param>
    internal abstract Value Divergence(Value p, Value q);

    /// <summary>Names of the terms into which <see cref="DecoupledDivergence"/> splits: mean and deviation of Gaussians, else a single empty one.</summary>
    internal virtual IReadOnlyList<string> DivergenceParts => [""];

    /// <summary>A part of the divergence as V-MPO bounds it, <c>[N, 1]</c>.</summary>
    /// <remarks>
    /// Gaussians are decoupled (Song et al. 2020, section 4.2): part 0 is the divergence of the new mean with the old deviation, part 1 that of the
    /// old mean with the new deviation; the divergence itself is not their sum. Other families have one part, the divergence itself.
    /// </remarks>
    /// <param name="part">0 to the number of <see cref="DivergenceParts"/> − 1.</param>
    /// <param name="old">Parameters of the distributions that the expectation is over, <c>[N, P]</c>.</param>
    /// <param name="parameters">Parameters of the others, <c>[N, P]</c>.</param>
    internal virtual Value DecoupledDivergence(int part, Value old, Value parameters) => Divergence(old, parameters);
}

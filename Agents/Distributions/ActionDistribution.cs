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

    /// <summary>Log-probability of an action and entropy, together.</summary>
    internal virtual (float LogProb, float Entropy) Evaluate(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action) =>
        (LogProb(parameters, action), Entropy(parameters));

    /// <summary>Log-probabilities and entropies of rows.</summary>
    /// <param name="parameters"><c>[rows, P]</c>.</param>
    /// <param name="actions"><c>[rows, ActionSize]</c>.</param>
    /// <param name="logProbs">Destination, <c>[rows]</c>.</param>
    /// <param name="entropies">Destination, <c>[rows]</c>.</param>
    /// <param name="scratch">Two numbers per number of <paramref name="parameters"/>, for <see cref="GradientRows"/> of the same rows.</param>
    internal virtual void EvaluateRows(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> actions,
        Span<float> logProbs,
        Span<float> entropies,
        Span<float> scratch
    )
    {
        for (int row = 0; row < logProbs.Length; row++)
        {
            (logProbs[row], entropies[row]) = Evaluate(
                parameters.Slice(row * ParameterSize, ParameterSize),
                actions.Slice(row * ActionSize, ActionSize)
            );
        }
    }

    /// <summary>Gradients of rows that <see cref="EvaluateRows"/> evaluated; see <see cref="Gradient"/>.</summary>
    internal virtual void GradientRows(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> actions,
        ReadOnlySpan<float> logProbs,
        ReadOnlySpan<float> entropies,
        ReadOnlySpan<float> scratch,
        ReadOnlySpan<float> logProbGradients,
        ReadOnlySpan<float> entropyGradients,
        Span<float> gradients
    )
    {
        for (int row = 0; row < logProbs.Length; row++)
        {
            Gradient(
                parameters.Slice(row * ParameterSize, ParameterSize),
                actions.Slice(row * ActionSize, ActionSize),
                (logProbs[row], entropies[row]),
                logProbGradients[row],
                entropyGradients[row],
                gradients.Slice(row * ParameterSize, ParameterSize)
            );
        }
    }

    /// <summary>Terms into which the divergence between two members of the family is split: 2 for mean and deviation of Gaussians, else 1.</summary>
    internal virtual int DivergenceParts => 1;

    /// <summary>A part of KL(old ‖ new), in nats, at least 0.</summary>
    /// <remarks>
    /// Gaussians are decoupled (Song et al. 2020, section 4.2): part 0 is the divergence of the new mean with the old deviation, part 1 that of the
    /// old mean with the new deviation; the divergence itself is not their sum. Other families have one part, the divergence itself.
    /// </remarks>
    /// <param name="part">0 to <see cref="DivergenceParts"/> − 1.</param>
    /// <param name="old">Parameters of the distribution that the expectation is over, <c>[P]</c>.</param>
    /// <param name="parameters">Parameters of the other one, <c>[P]</c>.</param>
    internal abstract double Divergence(int part, ReadOnlySpan<float> old, ReadOnlySpan<float> parameters);

    /// <summary>Adds <paramref name="share"/> × ∂ <see cref="Divergence"/> / ∂ parameters.</summary>
    /// <param name="part">0 to <see cref="DivergenceParts"/> − 1.</param>
    /// <param name="old"><c>[P]</c>.</param>
    /// <param name="parameters"><c>[P]</c>.</param>
    /// <param name="share">Factor of the gradient.</param>
    /// <param name="gradient">Added to, <c>[P]</c>.</param>
    internal abstract void AddDivergenceGradient(
        int part,
        ReadOnlySpan<float> old,
        ReadOnlySpan<float> parameters,
        float share,
        Span<float> gradient
    );

    /// <summary>Writes the gradient with respect to the parameters of a loss that depends on log-probability and entropy.</summary>
    /// <param name="parameters"><c>[P]</c>.</param>
    /// <param name="action">The action whose log-probability counts.</param>
    /// <param name="evaluation">What <see cref="Evaluate"/> gave for them.</param>
    /// <param name="logProbGradient">∂loss / ∂log-probability.</param>
    /// <param name="entropyGradient">∂loss / ∂entropy.</param>
    /// <param name="gradient">Destination, <c>[P]</c>.</param>
    internal abstract void Gradient(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> action,
        (float LogProb, float Entropy) evaluation,
        float logProbGradient,
        float entropyGradient,
        Span<float> gradient
    );
}

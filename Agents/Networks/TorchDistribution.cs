using Agents.Distributions;
using static TorchSharp.torch;

namespace Agents.Networks;

/// <summary>Differentiable log-probability and entropy of an <see cref="ActionDistribution"/> on tensors.</summary>
internal static class TorchDistribution
{
    private const double HalfLogTwoPi = 0.91893853320467274;

    /// <summary>Log-probabilities of actions and entropies.</summary>
    /// <param name="distribution">The family.</param>
    /// <param name="parameters"><c>[N, P]</c>.</param>
    /// <param name="actions"><c>[N, ActionSize]</c> float32.</param>
    /// <returns>Both <c>[N]</c>.</returns>
    public static (Tensor LogProb, Tensor Entropy) Evaluate(ActionDistribution distribution, Tensor parameters, Tensor actions) =>
        distribution switch
        {
            Categorical => EvaluateCategorical(parameters, actions),
            MultiCategorical multi => EvaluateMulti(multi, parameters, actions),
            DiagonalGaussian gaussian => EvaluateGaussian(gaussian, parameters, actions),
            _ => throw new NotSupportedException($"{distribution.GetType().Name} has no tensor form."),
        };

    /// <summary>A part of KL(old ‖ new); see <see cref="ActionDistribution.Divergence"/>.</summary>
    /// <param name="distribution">The family.</param>
    /// <param name="part">Which part.</param>
    /// <param name="old"><c>[N, P]</c>, without gradient.</param>
    /// <param name="parameters"><c>[N, P]</c>.</param>
    /// <returns><c>[N]</c>.</returns>
    public static Tensor Divergence(ActionDistribution distribution, int part, Tensor old, Tensor parameters)
    {
        switch (distribution)
        {
            case Categorical:
                return CategoricalDivergence(old, parameters);
            case MultiCategorical multi:
                Tensor? sum = null;
                long offset = 0;
                foreach (int count in multi.Counts)
                {
                    Tensor component = CategoricalDivergence(old.narrow(1, offset, count), parameters.narrow(1, offset, count));
                    sum = sum is null ? component : sum.Plus(component);
                    offset += count;
                }
                return sum!;
            case DiagonalGaussian gaussian:
                int d = gaussian.ActionSize;
                Tensor oldLogStd = old.narrow(1, d, d);
                if (part == 0)
                {
                    Tensor deviation = (parameters.narrow(1, 0, d) - old.narrow(1, 0, d)) * oldLogStd.neg().exp();
                    return deviation.Squared().sum(-1).Times(0.5);
                }
                Tensor growth = (parameters.narrow(1, d, d) - oldLogStd).Times(2);
                return growth.neg().exp().Plus(-1).Plus(growth).sum(-1).Times(0.5);
            default:
                throw new NotSupportedException($"{distribution.GetType().Name} has no tensor form.");
        }
    }

    private static Tensor CategoricalDivergence(Tensor old, Tensor logits)
    {
        Tensor oldLogProbs = old.log_softmax(-1);
        return (oldLogProbs.exp() * (oldLogProbs - logits.log_softmax(-1))).sum(-1);
    }

    private static (Tensor, Tensor) EvaluateCategorical(Tensor logits, Tensor actions)
    {
        Tensor logProbs = logits.log_softmax(-1);
        Tensor chosen = logProbs.gather(-1, actions.to(ScalarType.Int64)).squeeze(-1);
        Tensor entropy = (logProbs.exp() * logProbs).sum(-1).neg();
        return (chosen, entropy);
    }

    private static (Tensor, Tensor) EvaluateMulti(MultiCategorical multi, Tensor logits, Tensor actions)
    {
        Tensor? logProb = null;
        Tensor? entropy = null;
        long offset = 0;
        for (int i = 0; i < multi.ActionSize; i++)
        {
            (Tensor partLogProb, Tensor partEntropy) = EvaluateCategorical(
                logits.narrow(1, offset, multi.Counts[i]),
                actions.narrow(1, i, 1)
            );
            logProb = logProb is null ? partLogProb : logProb.Plus(partLogProb);
            entropy = entropy is null ? partEntropy : entropy.Plus(partEntropy);
            offset += multi.Counts[i];
        }
        return (logProb!, entropy!);
    }

    private static (Tensor, Tensor) EvaluateGaussian(DiagonalGaussian gaussian, Tensor parameters, Tensor actions)
    {
        int d = gaussian.ActionSize;
        Tensor mean = parameters.narrow(1, 0, d);
        Tensor logStd = parameters.narrow(1, d, d);
        Tensor deviation = (actions - mean) * logStd.neg().exp();
        Tensor logProb = deviation.Squared().Times(0.5).Plus(logStd).Plus(HalfLogTwoPi).sum(-1).neg();
        Tensor entropy = logStd.Plus(0.5 + HalfLogTwoPi).sum(-1);
        return (logProb, entropy);
    }
}

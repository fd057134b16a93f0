using static TorchSharp.torch;

namespace Learners.ActorCritic;

/// <summary>What the network says about a minibatch, with gradients; each <c>[N]</c> unless said.</summary>
/// <param name="LogProbs">Log-probs of the taken actions under the target policy.</param>
/// <param name="Entropies">Entropy of each row's distribution, in nats.</param>
/// <param name="Values">V of each observation.</param>
/// <param name="Distributions">Parameters of each row's distribution, <c>[N, P]</c>; null where a test has none.</param>
internal readonly record struct NetworkEvaluation(Tensor LogProbs, Tensor Entropies, Tensor Values, Tensor? Distributions = null);

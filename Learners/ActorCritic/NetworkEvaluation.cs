using static TorchSharp.torch;

namespace Learners.ActorCritic;

/// <summary>What the network says about a minibatch, with gradients; each <c>[N]</c>.</summary>
/// <param name="LogProbs">Log-probs of the taken actions under the target policy.</param>
/// <param name="Entropies">Entropy of each row's distribution, in nats.</param>
/// <param name="Values">V of each observation.</param>
internal readonly record struct NetworkEvaluation(Tensor LogProbs, Tensor Entropies, Tensor Values);

using Learners.Engines;
using static TorchSharp.torch;

namespace Learners.ActorCritic;

/// <summary>A pure function of a minibatch and the network's outputs to a scalar loss. The learner adds objectives up.</summary>
/// <remarks>
/// It is written twice, once for each engine: on tensors, whose gradient autograd finds, and in closed form on plain numbers. A
/// contract test holds the two together.
/// </remarks>
internal interface IObjective
{
    /// <summary>Name of its metric, such as <c>policy_loss</c>.</summary>
    string Name { get; }

    /// <summary>Factor of its loss in the sum.</summary>
    float Weight { get; }

    /// <summary>The loss on tensors, a mean over the samples.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="evaluation">The network's outputs for them.</param>
    /// <param name="progress">Share of the run's steps done, 0 to 1, for schedules.</param>
    Tensor Loss(TensorMinibatch batch, in NetworkEvaluation evaluation, double progress);

    /// <summary>The rows' share of the loss, before its weight; adds weight × gradient to the block's gradients.</summary>
    /// <param name="block">Rows of the minibatch.</param>
    /// <param name="progress">Share of the run's steps done, 0 to 1, for schedules.</param>
    double AddGradient(in SampleBlock block, double progress);
}

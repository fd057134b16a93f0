using Agents.Distributions;

namespace Learners.ActorCritic;

/// <summary>Some rows of a minibatch, what the network says about them, and room for an objective's gradients. All <c>[rows]</c>.</summary>
internal readonly ref struct SampleBlock
{
    /// <summary>Samples of the whole minibatch, over which losses are means.</summary>
    public required int Total { get; init; }

    /// <summary>Log-probs of the actions under the behaviour policy.</summary>
    public required ReadOnlySpan<float> BehaviourLogProbs { get; init; }

    /// <summary>Advantages of the actions.</summary>
    public required ReadOnlySpan<float> Advantages { get; init; }

    /// <summary>Targets of the value.</summary>
    public required ReadOnlySpan<float> Returns { get; init; }

    /// <summary>Values before the update.</summary>
    public required ReadOnlySpan<float> OldValues { get; init; }

    /// <summary>Log-probs of the actions under the target policy.</summary>
    public required ReadOnlySpan<float> LogProbs { get; init; }

    /// <summary>Entropies of the target policy, in nats.</summary>
    public required ReadOnlySpan<float> Entropies { get; init; }

    /// <summary>V of each observation.</summary>
    public required ReadOnlySpan<float> Values { get; init; }

    /// <summary>Family of the policy's distributions.</summary>
    public ActionDistribution? Distribution { get; init; }

    /// <summary>Parameters of the target policy's distributions, <c>[rows, P]</c>.</summary>
    public ReadOnlySpan<float> Distributions { get; init; }

    /// <summary>Parameters of the old policy's distributions, <c>[rows, P]</c>; empty where no objective asks for them.</summary>
    public ReadOnlySpan<float> OldDistributions { get; init; }

    /// <summary>∂ Σ weight × loss / ∂ distribution parameters, besides what flows through log-prob and entropy, <c>[rows, P]</c>; objectives add to it.</summary>
    public Span<float> DistributionGradients { get; init; }

    /// <summary>∂ Σ weight × loss / ∂ log-prob; objectives add to it.</summary>
    public required Span<float> LogProbGradients { get; init; }

    /// <summary>∂ Σ weight × loss / ∂ entropy; objectives add to it.</summary>
    public required Span<float> EntropyGradients { get; init; }

    /// <summary>∂ Σ weight × loss / ∂ value; objectives add to it.</summary>
    public required Span<float> ValueGradients { get; init; }
}

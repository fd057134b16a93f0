using Agents.Kernels;
using Learners.Batches;
using Learners.Returns;
using Protos;

namespace Learners.Stages;

// Returns and advantages, of the task's rewards and of a second stream.
internal sealed partial class UnrollEvaluator
{
    /// <summary>Estimates advantages and returns from rewards and values.</summary>
    /// <remarks>
    /// A truncated episode bootstraps from the observation that it really closed with, never from the next episode's first one
    /// (Pardo et al. 2018).
    /// </remarks>
    /// <param name="discountFactor">γ.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="clips">Limits of V-trace's ratios; null for generalised advantages of the policy that acted.</param>
    public void Estimate(float discountFactor, float lambda, VTraceClips? clips = null)
    {
        (_lambda, _clips) = (lambda, clips);
        lambda = _bootstraps ? 0 : lambda;
        EpisodeBoundaries.Fill(Unroll.Terminated, Unroll.Truncated, discountFactor, lambda, _discounts, _lambdas);
        if (clips is not null)
        {
            // Rows of the taken actions only; the last row of distributions, which bootstraps, has none.
            FillLogRatios(Unroll, _pass.Distributions.AsSpan(0, Count * _network.Spec.DistributionSize));
            EpisodeBoundaries.Mark(Unroll.Terminated, Unroll.Truncated, _ends);
            if (_bootstraps)
            {
                Array.Fill(_ends, true); // V-trace's own targets look further than a step
            }
        }
        EstimateStream(Batch[Column.Rewards].AsSpan(0, Count), Values, _nextValues, lambda, Returns, Advantages);
    }

    /// <summary>
    /// Estimates a second stream of rewards, which goes on through ends of episodes, as <see cref="Estimate"/> did the first one: with its λ, and with its ratios
    /// and their limits. Where an episode ended, the value of the next one's first observation follows.
    /// </summary>
    /// <param name="rewards">Rewards of the stream, <c>[T, B]</c>.</param>
    /// <param name="values">Its values of all observations, <c>[T + 1, B]</c>.</param>
    /// <param name="discountFactor">Its γ.</param>
    /// <param name="returns">Destination of targets of the values, <c>[T, B]</c>.</param>
    /// <param name="advantages">Destination, <c>[T, B]</c>.</param>
    public void EstimateThroughEnds(
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<float> values,
        float discountFactor,
        Span<float> returns,
        Span<float> advantages
    )
    {
        Array.Fill(_discounts, discountFactor);
        Array.Fill(_lambdas, _lambda);
        Array.Fill(_ends, false);
        EstimateStream(rewards, values[..Count], values[Unroll.Copies..], _lambda, returns, advantages);
    }

    private void EstimateStream(
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<float> values,
        ReadOnlySpan<float> nextValues,
        float lambda,
        Span<float> returns,
        Span<float> advantages
    )
    {
        if (_clips is { } limits)
        {
            VTrace.Estimate(
                _logRatios,
                rewards,
                _discounts,
                _ends,
                lambda,
                values,
                nextValues,
                returns,
                advantages,
                Unroll.Copies,
                limits
            );
            return;
        }
        GeneralizedAdvantage.Estimate(rewards, _discounts, _lambdas, values, nextValues, advantages, Unroll.Copies);
        Arithmetic.Apply<SumOf>(advantages, values, returns);
    }

    private void FillLogRatios(Unroll unroll, Span<float> distributions)
    {
        if (_logRatios.Length != Count)
        {
            _logRatios = new float[Count];
        }
        _distribution.LogProbs(distributions, unroll.Actions, _logRatios);
        Arithmetic.Apply<DifferenceOf>(_logRatios, unroll.BehaviourLogProbs, _logRatios);
    }
}

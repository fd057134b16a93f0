using Agents.Networks;
using Learners.Stages;

namespace Learners.ActorCritic;

/// <summary>Replaces stored core states by those that the current parameters reach a few steps later (Kapturowski et al. 2019, section 3).</summary>
/// <remarks>
/// The state that an actor stored is as old as the unroll, and after the first epoch of PPO no longer what the learner's parameters would
/// have led to. A burn-in trades steps to learn from for a fresher state.
/// </remarks>
/// <param name="network">Network over the current parameters.</param>
/// <param name="steps">Steps to run, K; 0 to leave states as they are.</param>
internal sealed class BurnIn(IActorCriticNetwork network, int steps)
{
    private float[] _observations = []; // [K, b, ObservationSize]
    private bool[] _starts = []; // [K, b]
    private float[] _distributions = [];

    /// <summary>Runs the first K steps of some copies' unrolls.</summary>
    /// <param name="batch">The unroll.</param>
    /// <param name="copies">Which copies.</param>
    /// <param name="states">Their states before step 0 on entry, before step K on return.</param>
    public void Advance(UnrollEvaluator batch, ReadOnlySpan<int> copies, Span<float> states)
    {
        if (steps == 0)
        {
            return;
        }
        int size = network.Spec.ObservationSize;
        int rows = steps * copies.Length;
        if (_starts.Length != rows)
        {
            _observations = new float[rows * size];
            _starts = new bool[rows];
            _distributions = new float[rows * network.Spec.DistributionSize];
        }
        for (int t = 0; t < steps; t++)
        {
            for (int i = 0; i < copies.Length; i++)
            {
                int from = t * batch.Unroll.Copies + copies[i];
                int to = t * copies.Length + i;
                batch.Observations.AsSpan(from * size, size).CopyTo(_observations.AsSpan(to * size));
                _starts[to] = batch.Unroll.EpisodeStarts[from];
            }
        }
        network.Unroll(steps, _observations, _starts, states, _distributions, []);
    }
}

using Agents.Networks;
using Learners.Returns;
using Protos;

namespace Learners.ActorCritic;

/// <summary>An unroll with what the learner adds to it: values, advantages and returns, each <c>[T, B]</c>. Owns its arrays and reuses them.</summary>
internal sealed class TrajectoryBatch
{
    private readonly IActorCriticNetwork _network;
    private float[] _distributions = [];
    private float[] _allValues = [];
    private float[] _finalValues = [];
    private float[] _nextValues = [];
    private float[] _discounts = [];
    private float[] _coreState = [];
    private float[] _finalCoreState = [];
    private bool[] _finalStarts = [];
    private float[] _lambdas = [];

    /// <summary>A batch whose values come from <paramref name="network"/>.</summary>
    public TrajectoryBatch(IActorCriticNetwork network) => _network = network;

    /// <summary>The steps, as the actor recorded them.</summary>
    public Unroll Unroll { get; private set; } = new(1, 1, 1, 1, 0);

    /// <summary>Samples, N = T × B.</summary>
    public int Count => Unroll.Steps * Unroll.Copies;

    /// <summary>V of the observation step t acted on.</summary>
    public ReadOnlySpan<float> Values => _allValues.AsSpan(0, Count);

    /// <summary>Advantage of the action of step t.</summary>
    public float[] Advantages { get; private set; } = [];

    /// <summary>Advantage plus value: the value's target.</summary>
    public float[] Returns { get; private set; } = [];

    /// <summary>Evaluates an unroll with the network's current parameters.</summary>
    /// <remarks>
    /// A truncated episode bootstraps from the observation that it really closed with, never from the next episode's first one
    /// (Pardo et al. 2018).
    /// </remarks>
    public void Prepare(Unroll unroll, float discountFactor, float lambda)
    {
        Unroll = unroll;
        EnsureCapacity(unroll);
        int copies = unroll.Copies;
        int count = Count;
        unroll.InitialCoreState.CopyTo(_coreState, 0);
        Span<float> allValues = _allValues.AsSpan(0, count + copies);
        Span<float> distributions = _distributions.AsSpan(0, (count + copies) * _network.Spec.DistributionSize);
        if (_network.Spec.CoreStateSize > 0)
        {
            EvaluateSequences(unroll, distributions, allValues);
        }
        else
        {
            EvaluateRows(unroll, distributions, allValues);
        }

        EpisodeBoundaries.Fill(unroll.Terminated, unroll.Truncated, discountFactor, lambda, _discounts, _lambdas);
        GeneralizedAdvantage.Estimate(unroll.Rewards, _discounts, _lambdas, Values, _nextValues, Advantages, copies);
        System.Numerics.Tensors.TensorPrimitives.Add(Advantages, Values, Returns);
    }

    private void EvaluateRows(Unroll unroll, Span<float> distributions, Span<float> allValues)
    {
        int copies = unroll.Copies;
        _network.Unroll(unroll.Steps + 1, unroll.Observations, unroll.EpisodeStarts, _coreState, distributions, allValues);
        allValues[copies..].CopyTo(_nextValues);
        int finals = unroll.FinalRows.Count;
        if (finals == 0)
        {
            return;
        }
        Span<float> finalValues = _finalValues.AsSpan(0, finals);
        Span<float> finalDistributions = distributions[..(finals * _network.Spec.DistributionSize)];
        _network.Unroll(1, unroll.FinalObservations, _finalStarts.AsSpan(0, finals), [], finalDistributions, finalValues);
        for (int i = 0; i < finals; i++)
        {
            _nextValues[unroll.FinalRows[i]] = finalValues[i];
        }
    }

    // Step by step, since the value of an episode's final observation needs the core state that led to it.
    private void EvaluateSequences(Unroll unroll, Span<float> distributions, Span<float> allValues)
    {
        int copies = unroll.Copies;
        int size = unroll.ObservationSize;
        int stateSize = _network.Spec.CoreStateSize;
        int distributionSize = _network.Spec.DistributionSize;
        int final = 0;
        for (int t = 0; t <= unroll.Steps; t++)
        {
            Span<float> values = allValues.Slice(t * copies, copies);
            _network.Unroll(
                1,
                unroll.Observations.AsSpan(t * copies * size, copies * size),
                unroll.EpisodeStarts.AsSpan(t * copies, copies),
                _coreState,
                distributions[..(copies * distributionSize)],
                values
            );
            if (t > 0)
            {
                for (int b = 0; b < copies; b++)
                {
                    int row = (t - 1) * copies + b;
                    _nextValues[row] = unroll.EpisodeStarts[t * copies + b] ? _nextValues[row] : values[b];
                }
            }
            for (; final < unroll.FinalRows.Count && unroll.FinalRows[final] < (t + 1) * copies; final++)
            {
                int row = unroll.FinalRows[final];
                _coreState.AsSpan(row % copies * stateSize, stateSize).CopyTo(_finalCoreState);
                _network.Unroll(
                    1,
                    unroll.FinalObservations.Slice(final * size, size),
                    [false],
                    _finalCoreState.AsSpan(0, stateSize),
                    distributions[..distributionSize],
                    _nextValues.AsSpan(row, 1)
                );
            }
        }
    }

    private void EnsureCapacity(Unroll unroll)
    {
        int count = unroll.Steps * unroll.Copies;
        int all = count + unroll.Copies;
        if (Advantages.Length == count && _allValues.Length == all)
        {
            return;
        }
        _allValues = new float[all];
        _distributions = new float[all * _network.Spec.DistributionSize];
        _finalValues = new float[count];
        _coreState = new float[unroll.InitialCoreState.Length];
        _finalCoreState = new float[_network.Spec.CoreStateSize];
        _finalStarts = new bool[count];
        _nextValues = new float[count];
        _discounts = new float[count];
        _lambdas = new float[count];
        Advantages = new float[count];
        Returns = new float[count];
    }
}

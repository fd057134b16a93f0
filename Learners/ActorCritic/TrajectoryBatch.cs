using System.Numerics.Tensors;
using Agents.Distributions;
using Agents.Networks;
using Learners.Returns;
using Protos;

namespace Learners.ActorCritic;

/// <summary>An unroll with what the learner adds to it: values, advantages and returns, each <c>[T, B]</c>. Owns its arrays and reuses them.</summary>
internal sealed class TrajectoryBatch
{
    private readonly IActorCriticNetwork _network;
    private readonly ActionDistribution _distribution;
    private float[] _distributions = [];
    private float[] _oldDistributions = [];
    private float[] _allValues = [];
    private float[] _finalValues = [];
    private float[] _finalDistributions = [];
    private float[] _finalObservations = [];
    private float[] _nextValues = [];
    private float[] _discounts = [];
    private float[] _coreState = [];
    private float[] _finalCoreState = [];
    private bool[] _finalStarts = [];
    private float[] _lambdas = [];
    private float[] _logRatios = [];
    private float[] _entropies = [];
    private float[] _scratch = [];

    /// <summary>A batch whose values come from <paramref name="network"/>.</summary>
    public TrajectoryBatch(IActorCriticNetwork network)
    {
        _network = network;
        _distribution = ActionDistribution.For(network.Spec.ActionSpace);
    }

    /// <summary>The steps, as the actor recorded them.</summary>
    public Unroll Unroll { get; private set; } = new(new UnrollShape(1, 1, new ObservationFormat(1), 1, 0));

    /// <summary>Whole observations, <c>[T + 1, B, ObservationSize]</c>.</summary>
    public float[] Observations { get; private set; } = [];

    /// <summary>Samples, N = T × B.</summary>
    public int Count => Unroll.Steps * Unroll.Copies;

    /// <summary>V of the observation step t acted on.</summary>
    public ReadOnlySpan<float> Values => _allValues.AsSpan(0, Count);

    /// <summary>Parameters of the old policy's distributions, <c>[T, B, P]</c>; valid after <see cref="EvaluateOldPolicy"/>.</summary>
    public ReadOnlySpan<float> OldDistributions => _oldDistributions.AsSpan(0, Count * _network.Spec.DistributionSize);

    /// <summary>Advantage of the action of step t.</summary>
    public float[] Advantages { get; private set; } = [];

    /// <summary>Advantage plus value: the value's target.</summary>
    public float[] Returns { get; private set; } = [];

    /// <summary>Evaluates an unroll with the network's current parameters.</summary>
    /// <remarks>
    /// A truncated episode bootstraps from the observation that it really closed with, never from the next episode's first one
    /// (Pardo et al. 2018).
    /// </remarks>
    /// <param name="unroll">Steps; kept until the next call.</param>
    /// <param name="discountFactor">γ.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="clips">Limits of V-trace's ratios; null for generalised advantages of the policy that acted.</param>
    /// <param name="popArt">Units of the value head; null where it gives values as they are.</param>
    public void Prepare(Unroll unroll, float discountFactor, float lambda, VTraceClips? clips = null, PopArt? popArt = null)
    {
        Unroll = unroll;
        Observations = unroll.Observations.Read(unroll.EpisodeStarts);
        ReadFinalObservations(unroll);
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

        popArt?.Denormalize(allValues);
        popArt?.Denormalize(_nextValues);
        // V-trace has a λ of its own, so that only an episode's end is 0 here.
        float boundaryLambda = clips is null ? lambda : 1;
        EpisodeBoundaries.Fill(unroll.Terminated, unroll.Truncated, discountFactor, boundaryLambda, _discounts, _lambdas);
        if (clips is { } limits)
        {
            // Rows of the taken actions only; the last row of distributions, which bootstraps, has none.
            FillLogRatios(unroll, distributions[..(count * _network.Spec.DistributionSize)]);
            VTrace.Estimate(
                _logRatios,
                unroll.Rewards,
                _discounts,
                _lambdas,
                Values,
                _nextValues,
                Returns,
                Advantages,
                copies,
                lambda,
                limits
            );
            return;
        }
        GeneralizedAdvantage.Estimate(unroll.Rewards, _discounts, _lambdas, Values, _nextValues, Advantages, copies);
        TensorPrimitives.Add(Advantages, Values, Returns);
    }

    /// <summary>Evaluates the policy that the next updates must stay close to, on the prepared unroll.</summary>
    /// <param name="old">Network of the same specification.</param>
    public void EvaluateOldPolicy(IActorCriticNetwork old)
    {
        int size = Count * _network.Spec.DistributionSize;
        if (_oldDistributions.Length < size)
        {
            _oldDistributions = new float[size];
        }
        Unroll.InitialCoreState.CopyTo(_coreState, 0);
        old.Unroll(
            Unroll.Steps,
            Observations.AsSpan(0, Count * Unroll.Shape.Observations.ObservationSize),
            Unroll.EpisodeStarts.AsSpan(0, Count),
            _coreState,
            _oldDistributions.AsSpan(0, size),
            []
        );
    }

    /// <summary>Brings values, returns and advantages into the units of a value head with normalised outputs.</summary>
    public void Normalize(PopArt popArt)
    {
        popArt.Normalize(_allValues.AsSpan(0, Count));
        popArt.Normalize(Returns);
        TensorPrimitives.Multiply(Advantages, (float)(1 / popArt.Scale), Advantages);
    }

    private void FillLogRatios(Unroll unroll, Span<float> distributions)
    {
        if (_entropies.Length != Count)
        {
            _logRatios = new float[Count];
            _entropies = new float[Count];
            _scratch = new float[2 * distributions.Length];
        }
        _distribution.EvaluateRows(distributions, unroll.Actions, _logRatios, _entropies, _scratch);
        TensorPrimitives.Subtract(_logRatios, unroll.BehaviourLogProbs, _logRatios);
    }

    private void EvaluateRows(Unroll unroll, Span<float> distributions, Span<float> allValues)
    {
        int copies = unroll.Copies;
        _network.Unroll(unroll.Steps + 1, Observations, unroll.EpisodeStarts, _coreState, distributions, allValues);
        allValues[copies..].CopyTo(_nextValues);
        int finals = unroll.FinalRows.Count;
        if (finals == 0)
        {
            return;
        }
        Span<float> finalValues = _finalValues.AsSpan(0, finals);
        Span<float> finalDistributions = FinalDistributions(finals);
        _network.Unroll(1, FinalObservations(0, finals), _finalStarts.AsSpan(0, finals), [], finalDistributions, finalValues);
        for (int i = 0; i < finals; i++)
        {
            _nextValues[unroll.FinalRows[i]] = finalValues[i];
        }
    }

    // Step by step, since the value of an episode's final observation needs the core state that led to it.
    private void EvaluateSequences(Unroll unroll, Span<float> distributions, Span<float> allValues)
    {
        int copies = unroll.Copies;
        int size = unroll.Shape.Observations.ObservationSize;
        int stateSize = _network.Spec.CoreStateSize;
        int distributionSize = _network.Spec.DistributionSize;
        int final = 0;
        for (int t = 0; t <= unroll.Steps; t++)
        {
            Span<float> values = allValues.Slice(t * copies, copies);
            _network.Unroll(
                1,
                Observations.AsSpan(t * copies * size, copies * size),
                unroll.EpisodeStarts.AsSpan(t * copies, copies),
                _coreState,
                distributions.Slice(t * copies * distributionSize, copies * distributionSize),
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
                if (unroll.Terminated[row])
                {
                    _nextValues[row] = 0; // nothing follows, whatever the critic would say
                    continue;
                }
                _coreState.AsSpan(row % copies * stateSize, stateSize).CopyTo(_finalCoreState);
                _network.Unroll(
                    1,
                    FinalObservations(final, 1),
                    [false],
                    _finalCoreState.AsSpan(0, stateSize),
                    FinalDistributions(1),
                    _nextValues.AsSpan(row, 1)
                );
            }
        }
    }

    private void ReadFinalObservations(Unroll unroll)
    {
        int size = unroll.Shape.Observations.ObservationSize;
        int finals = unroll.FinalRows.Count;
        if (_finalObservations.Length < finals * size)
        {
            _finalObservations = new float[finals * size];
        }
        for (int i = 0; i < finals; i++)
        {
            unroll.ReadFinalObservation(i, _finalObservations.AsSpan(i * size, size));
        }
    }

    private ReadOnlySpan<float> FinalObservations(int first, int count)
    {
        int size = Unroll.Shape.Observations.ObservationSize;
        return _finalObservations.AsSpan(first * size, count * size);
    }

    // Nobody reads what the policy would do after an episode's end, but the network wants to write it.
    private Span<float> FinalDistributions(int rows)
    {
        int size = rows * _network.Spec.DistributionSize;
        if (_finalDistributions.Length < size)
        {
            _finalDistributions = new float[size];
        }
        return _finalDistributions.AsSpan(0, size);
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

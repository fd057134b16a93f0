using Agents.Distributions;
using Agents.Kernels;
using Agents.Networks;
using Learners.Batches;
using Learners.Returns;
using Protos;

namespace Learners.Stages;

/// <summary>Adds to an unroll what the learner needs: values, advantages and returns. Owns the batch and reuses its arrays.</summary>
internal sealed class UnrollEvaluator
{
    private readonly IActorCriticNetwork _network;
    private readonly ActionDistribution _distribution;
    private readonly Column _observations;
    private readonly Column _actions;
    private readonly Column _initialCoreState;
    private readonly bool _changesRewards;
    private float[] _distributions = [];
    private float[] _allValues = [];
    private float[] _finalValues = [];
    private float[] _finalDistributions = [];
    private float[] _inputs = [];
    private float[] _finalObservations = [];
    private float[] _nextValues = [];
    private float[] _discounts = [];
    private float[] _coreState = [];
    private float[] _finalCoreState = [];
    private bool[] _finalStarts = [];
    private float[] _lambdas = [];
    private bool[] _ends = [];
    private float[] _logRatios = [];

    /// <summary>An evaluator whose values come from <paramref name="network"/>.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stages">Stages that are going to write columns, in order; null for none.</param>
    public UnrollEvaluator(IActorCriticNetwork network, IReadOnlyList<IBatchStage>? stages = null)
    {
        Column[] written = [.. (stages ?? []).SelectMany(stage => stage.Writes)];
        _changesRewards = written.Contains(Column.Rewards);
        _network = network;
        NetworkSpec spec = network.Spec;
        _distribution = ActionDistribution.For(spec.ActionSpace);
        _observations = Column.Observations(spec);
        _actions = Column.Actions(spec);
        _initialCoreState = Column.InitialCoreState(spec);
        Batch = new Batch([
            _observations,
            _actions,
            _initialCoreState,
            Column.BehaviourLogProbs,
            Column.OldValues,
            Column.Advantages,
            Column.Returns,
            .. written.Append(Column.Rewards).Distinct(),
        ]);
    }

    /// <summary>The steps, as the actor recorded them.</summary>
    public Unroll Unroll { get; private set; } = new(new UnrollShape(1, 1, new ObservationFormat(1), 1, 0));

    /// <summary>Whole observations as the network reads them, normalised by what they were acted with, <c>[T + 1, B, ObservationSize]</c>.</summary>
    public float[] Observations { get; private set; } = [];

    /// <summary>The samples with everything that is known of them, each <c>[T, B]</c>.</summary>
    public Batch Batch { get; }

    /// <summary>Values before the update.</summary>
    public ReadOnlySpan<float> Values => Batch[Column.OldValues].AsSpan(0, Count);

    /// <summary>Advantages of the actions.</summary>
    public Span<float> Advantages => Batch[Column.Advantages].AsSpan(0, Count);

    /// <summary>Targets of the value.</summary>
    public Span<float> Returns => Batch[Column.Returns].AsSpan(0, Count);

    private int Count => Batch.Count;

    /// <summary>Loads an unroll, evaluates it and estimates returns, without any stage between.</summary>
    /// <inheritdoc cref="Estimate"/>
    public void Prepare(Unroll unroll, float discountFactor, float lambda, VTraceClips? clips = null, PopArt? popArt = null)
    {
        Load(unroll);
        Evaluate(popArt);
        Estimate(discountFactor, lambda, clips);
    }

    /// <summary>Takes over what an actor recorded.</summary>
    /// <param name="unroll">Steps; kept until the next call.</param>
    public void Load(Unroll unroll)
    {
        Unroll = unroll;
        Observations = unroll.ReadInputs(ref _inputs);
        ReadFinalObservations(unroll);
        EnsureCapacity(unroll);
        Batch.Resize(unroll.Steps * unroll.Copies, unroll.Steps);
        Batch.Share(_observations, Observations);
        Batch.Share(_actions, unroll.Actions);
        Batch.Share(_initialCoreState, unroll.InitialCoreState);
        Batch.Share(Column.BehaviourLogProbs, unroll.BehaviourLogProbs);
        Batch.Share(Column.OldValues, _allValues);
        if (_changesRewards)
        {
            unroll.Rewards.AsSpan(0, Count).CopyTo(Batch[Column.Rewards]);
        }
        else
        {
            Batch.Share(Column.Rewards, unroll.Rewards);
        }
        unroll.EpisodeStarts.AsSpan(0, Count).CopyTo(Batch.EpisodeStarts);
    }

    /// <summary>Evaluates the loaded unroll with the network's current parameters.</summary>
    /// <param name="popArt">Units of the value head; null where it gives values as they are.</param>
    public void Evaluate(PopArt? popArt = null)
    {
        Unroll unroll = Unroll;
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
    }

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
        Unroll unroll = Unroll;
        ReadOnlySpan<float> rewards = Batch[Column.Rewards].AsSpan(0, Count);
        EpisodeBoundaries.Fill(unroll.Terminated, unroll.Truncated, discountFactor, lambda, _discounts, _lambdas);
        if (clips is { } limits)
        {
            // Rows of the taken actions only; the last row of distributions, which bootstraps, has none.
            FillLogRatios(unroll, _distributions.AsSpan(0, Count * _network.Spec.DistributionSize));
            EpisodeBoundaries.Mark(unroll.Terminated, unroll.Truncated, _ends);
            VTrace.Estimate(
                _logRatios,
                rewards,
                _discounts,
                _ends,
                lambda,
                Values,
                _nextValues,
                Returns,
                Advantages,
                unroll.Copies,
                limits
            );
            return;
        }
        GeneralizedAdvantage.Estimate(rewards, _discounts, _lambdas, Values, _nextValues, Advantages, unroll.Copies);
        Arithmetic.Apply<SumOf>(Advantages, Values, Returns);
    }

    /// <summary>Evaluates another policy of the same specification on the loaded unroll, from the same core states.</summary>
    /// <param name="other">Its network.</param>
    /// <param name="distributions">Destination, <c>[T, B, P]</c>: parameters of its distributions; may be longer.</param>
    public void EvaluatePolicy(IActorCriticNetwork other, Span<float> distributions)
    {
        int size = Count * _network.Spec.DistributionSize;
        Unroll.InitialCoreState.CopyTo(_coreState, 0);
        other.Unroll(
            Unroll.Steps,
            Observations.AsSpan(0, Count * Unroll.Shape.Observations.ObservationSize),
            Unroll.EpisodeStarts.AsSpan(0, Count),
            _coreState,
            distributions[..size],
            []
        );
    }

    /// <summary>Copies what each action led to, as the task gave it: the next observation, or the one that the episode closed with.</summary>
    /// <param name="destination"><c>[T, B, ObservationSize]</c>.</param>
    public void ReadNextObservations(Span<float> destination)
    {
        int size = Unroll.Shape.Observations.ObservationSize;
        Unroll.Observations.Read(Unroll.EpisodeStarts).AsSpan(Unroll.Copies * size, Count * size).CopyTo(destination);
        for (int i = 0; i < Unroll.FinalRows.Count; i++)
        {
            Unroll.ReadFinalObservation(i, destination.Slice(Unroll.FinalRows[i] * size, size));
        }
    }

    /// <summary>Brings values, returns and advantages into the units of a value head with normalised outputs.</summary>
    public void Normalize(PopArt popArt)
    {
        popArt.Normalize(_allValues.AsSpan(0, Count));
        popArt.Normalize(Returns);
        Arithmetic.Apply<ProductOf>(Advantages, (float)(1 / popArt.Scale), Advantages);
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
            unroll.ReadFinalInput(i, _finalObservations.AsSpan(i * size, size));
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
        if (_nextValues.Length == count && _allValues.Length == all)
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
        _ends = new bool[count];
    }
}

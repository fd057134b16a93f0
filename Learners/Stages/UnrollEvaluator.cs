using Agents.Distributions;
using Agents.Kernels;
using Agents.Networks;
using Learners.Batches;
using Learners.Returns;
using Protos;

namespace Learners.Stages;

/// <summary>Adds to an unroll what the learner needs: values, advantages and returns. Owns the batch and reuses its arrays.</summary>
internal sealed partial class UnrollEvaluator
{
    private readonly IActorCriticNetwork _network;
    private readonly ActionDistribution _distribution;
    private readonly Column _observations;
    private readonly Column _actions;
    private readonly Column _initialCoreState;
    private readonly bool _changesRewards;
    private readonly SequencePass _pass;
    private float[] _inputs = [];
    private float[] _nextValues = []; // those of the pass, or what a stage put in their place
    private float[] _discounts = [];
    private float[] _coreState = [];
    private float[] _lambdas = [];
    private bool[] _ends = [];
    private float[] _logRatios = [];
    private bool _bootstraps;
    private float _lambda; // of the latest estimate
    private VTraceClips? _clips;

    /// <summary>An evaluator whose values come from <paramref name="network"/>.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stages">Stages that are going to write columns, in order; null for none.</param>
    public UnrollEvaluator(IActorCriticNetwork network, IReadOnlyList<IBatchStage>? stages = null)
    {
        Column[] written = [.. (stages ?? []).SelectMany(stage => stage.Writes)];
        _changesRewards = written.Contains(Column.Rewards);
        _network = network;
        NetworkSpec spec = network.Spec;
        _distribution = spec.Distribution;
        _observations = Column.Observations(spec);
        _actions = Column.Actions(spec);
        _initialCoreState = Column.InitialCoreState(spec);
        _pass = new SequencePass(
            network.Unroll,
            spec.CoreStateSize,
            spec.DistributionSize,
            withNext: stages?.Any(stage => stage.ReadsNextPolicy) ?? false
        );
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

    /// <summary>The agent's network.</summary>
    public IActorCriticNetwork Network => _network;

    /// <summary>The samples with everything that is known of them, each <c>[T, B]</c>.</summary>
    public Batch Batch { get; }

    /// <summary>Values before the update.</summary>
    public ReadOnlySpan<float> Values => Batch[Column.OldValues].AsSpan(0, Count);

    /// <summary>Advantages of the actions.</summary>
    public Span<float> Advantages => Batch[Column.Advantages].AsSpan(0, Count);

    /// <summary>Targets of the value.</summary>
    public Span<float> Returns => Batch[Column.Returns].AsSpan(0, Count);

    /// <summary>The critic's values of what each action led to, <c>[T, B]</c>; of no meaning where the task ended.</summary>
    public ReadOnlySpan<float> NextValues => _pass.NextValues;

    /// <summary>The agent's distributions before the update, <c>[T + 1, B, P]</c>.</summary>
    public float[] Distributions => _pass.Distributions;

    /// <summary>The agent's distributions before the update of what each action led to, <c>[T, B, P]</c>, for stages that read them.</summary>
    public float[] NextDistributions => _pass.NextDistributions;

    /// <summary>What the network reads of the observations that episodes closed with, <c>[FinalRows.Count, ObservationSize]</c>; may be longer.</summary>
    public float[] FinalObservations { get; private set; } = [];

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
        _bootstraps = false;
        Observations = unroll.ReadInputs(ref _inputs);
        ReadFinalObservations(unroll);
        EnsureCapacity(unroll);
        Batch.Resize(unroll.Steps * unroll.Copies, unroll.Steps);
        Batch.Share(_observations, Observations);
        Batch.Share(_actions, unroll.Actions);
        Batch.Share(_initialCoreState, unroll.InitialCoreState);
        Batch.Share(Column.BehaviourLogProbs, unroll.BehaviourLogProbs);
        _pass.Resize(unroll);
        Batch.Share(Column.OldValues, _pass.Values);
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
        Unroll.InitialCoreState.CopyTo(_coreState, 0);
        _pass.Run(Unroll, Observations, FinalObservations, _coreState);
        popArt?.Denormalize(_pass.Values);
        popArt?.Denormalize(_pass.NextValues);
        _nextValues = _bootstraps ? _nextValues : _pass.NextValues;
    }

    /// <summary>Puts other values in the place of what the critic says of where actions led to, one step behind which nothing is looked at.</summary>
    /// <param name="nextValues"><c>[T, B]</c>; kept until the next unroll.</param>
    public void BootstrapFrom(float[] nextValues) => (_nextValues, _bootstraps) = (nextValues, true);

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

    /// <summary>Copies what the network reads of what each action led to: the next observation, or the one that the episode closed with.</summary>
    /// <param name="destination"><c>[T, B, ObservationSize]</c>; may be longer.</param>
    public void ReadNextInputs(Span<float> destination)
    {
        int size = Unroll.Shape.Observations.ObservationSize;
        Observations.AsSpan(Unroll.Copies * size, Count * size).CopyTo(destination);
        for (int i = 0; i < Unroll.FinalRows.Count; i++)
        {
            FinalObservations.AsSpan(i * size, size).CopyTo(destination.Slice(Unroll.FinalRows[i] * size, size));
        }
    }

    /// <summary>Brings values, returns and advantages into the units of a value head with normalised outputs.</summary>
    public void Normalize(PopArt popArt)
    {
        popArt.Normalize(_pass.Values.AsSpan(0, Count));
        popArt.Normalize(Returns);
        Arithmetic.Apply<ProductOf>(Advantages, (float)(1 / popArt.Scale), Advantages);
    }

    private void ReadFinalObservations(Unroll unroll)
    {
        int size = unroll.Shape.Observations.ObservationSize;
        int finals = unroll.FinalRows.Count;
        if (FinalObservations.Length < finals * size)
        {
            FinalObservations = new float[finals * size];
        }
        for (int i = 0; i < finals; i++)
        {
            unroll.ReadFinalInput(i, FinalObservations.AsSpan(i * size, size));
        }
    }

    private void EnsureCapacity(Unroll unroll)
    {
        int count = unroll.Steps * unroll.Copies;
        if (_discounts.Length == count && _coreState.Length == unroll.InitialCoreState.Length)
        {
            return;
        }
        _coreState = new float[unroll.InitialCoreState.Length];
        _discounts = new float[count];
        _lambdas = new float[count];
        _ends = new bool[count];
    }
}

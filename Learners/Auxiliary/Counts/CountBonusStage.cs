using Environments.State;
using Learners.Metrics;
using Learners.Stages;

namespace Learners.Auxiliary;

/// <summary>
/// Pays 1 / √n for an observation that was visited n times, with all visits of the unroll added before (Strehl and Littman 2008; Tang et al. 2017, arXiv
/// 1611.04717, equation 1). Owns the counts.
/// </summary>
internal sealed class CountBonusStage : IntrinsicStage
{
    private const string Prefix = "count_bonus";
    private const string KeysTag = $"{Prefix}/keys";
    private const string EntropyTag = $"{Prefix}/entropy";

    private readonly int _observationSize;
    private readonly ObservationKeys _naming;
    private readonly VisitCounts _counts;
    private float[] _next = []; // [N, ObservationSize]
    private ulong[] _keys = []; // [N]

    /// <summary>A stage before its first unroll.</summary>
    /// <param name="settings">Keys and weights.</param>
    /// <param name="context">The run; observations are those of its network.</param>
    public CountBonusStage(CountBonusSettings settings, AuxiliaryContext context)
        : base(settings, context, Prefix)
    {
        _observationSize = context.Run.Network.ObservationSize;
        _naming = ObservationKeys.Create(settings, context.Run.Network, context.Seed.Child(0));
        _counts = new VisitCounts(settings.MaxKeys);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> OwnTags => [KeysTag, EntropyTag];

    /// <inheritdoc/>
    protected override void Measure(UnrollEvaluator unroll, Span<float> bonuses, MetricAverages metrics)
    {
        if (_keys.Length != bonuses.Length)
        {
            _keys = new ulong[bonuses.Length];
            _next = new float[bonuses.Length * _observationSize];
        }
        unroll.ReadNextObservations(_next);
        for (int row = 0; row < _keys.Length; row++)
        {
            _keys[row] = _naming.Of(_next.AsSpan(row * _observationSize, _observationSize));
            _counts.Add(_keys[row]);
        }
        for (int row = 0; row < _keys.Length; row++)
        {
            bonuses[row] = (float)(1 / Math.Sqrt(_counts.Of(_keys[row])));
        }
        metrics.Add(KeysTag, _counts.Keys);
        metrics.Add(EntropyTag, _counts.Entropy());
    }

    /// <inheritdoc/>
    /// <remarks>Planes of hashed keys follow from the run's seed.</remarks>
    protected override void SaveOwnState(StateDictionary state) => _counts.SaveState(state.Scope("visits"));

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state) => _counts.LoadState(state.Scope("visits"));

    /// <inheritdoc/>
    public override void Dispose() { }
}

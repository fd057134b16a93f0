using Environments.Randomness;
using Environments.State;
using Learners.Composition;
using Learners.Metrics;
using Protos;

namespace OwnAgent;

/// <summary>Lets changed parameters act for an unroll; they are kept where its episodes scored at least as well as the best so far.</summary>
internal sealed class HillLearner : ILearner
{
    private readonly IExperienceSource _experience;
    private readonly float _noise;
    private readonly float[] _best;
    private readonly float[] _tried;
    private Pcg64 _random;
    private double _bestScore = double.NegativeInfinity;

    public HillLearner(LearnerContext context)
    {
        _experience = context.Experience;
        _noise = context.Settings.Of<HillSettings>().Noise;
        _best = context.InitialParameters();
        _tried = context.InitialParameters(); // the first unroll tells what fresh ones score
        _random = new Pcg64(context.Seed.Child(1));
    }

    public ReadOnlySpan<float> ActingParameters => _tried;

    public long Updates { get; private set; }

    public IReadOnlyList<string> Tags => ["hill/score", "hill/best_score"];

    public async ValueTask<bool> AdvanceAsync(MetricAverages metrics, CancellationToken stop)
    {
        Unroll? unroll = await _experience.NextAsync(stop).ConfigureAwait(false);
        if (unroll is null)
        {
            return false;
        }
        // In a fleet, unrolls of earlier parameters are on their way; they say nothing about those that are tried now.
        if (unroll.Header.ParameterVersion == Updates)
        {
            Judge(Score(unroll), metrics);
        }
        return true;
    }

    public float[] ExportParameters() => [.. _best];

    public void SaveState(StateDictionary state)
    {
        state.Set<float>("best", _best);
        state.Set<float>("tried", _tried);
        state.Set("best_score", _bestScore);
        state.Set("updates", Updates);
        state.Set("random", _random);
    }

    public void LoadState(StateDictionary state)
    {
        state.Read<float>("best", _best);
        state.Read<float>("tried", _tried);
        _bestScore = state.Get<double>("best_score");
        Updates = state.Get<long>("updates");
        _random = state.Get<Pcg64>("random");
    }

    public void Dispose() { }

    private void Judge(double score, MetricAverages metrics)
    {
        if (score >= _bestScore)
        {
            _tried.CopyTo(_best, 0);
            _bestScore = score;
        }
        metrics.Add("hill/score", score);
        metrics.Add("hill/best_score", _bestScore);
        for (int i = 0; i < _tried.Length; i++)
        {
            _tried[i] = _best[i] + _noise * (float)_random.NextNormal();
        }
        Updates++;
    }

    // Rewards for each episode that ended, and for one that goes on.
    private static double Score(Unroll unroll) => unroll.Rewards.Sum(reward => (double)reward) / (unroll.Episodes.Count + 1);
}

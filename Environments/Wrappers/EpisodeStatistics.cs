using Environments.State;

namespace Environments.Wrappers;

/// <summary>Counts return and length of every episode and says after each step which ones ended. Changes nothing.</summary>
/// <remarks>
/// Scores are of raw rewards, so make this the innermost layer: reward clipping and normalisation go around it. Episodes that were lost
/// with what stepped them (<see cref="IBatchedEnvironment.LostEpisodes"/>) have no score and are left out.
/// </remarks>
public sealed class EpisodeStatistics : BatchedEnvironmentWrapper
{
    private readonly double[] _returns;
    private readonly int[] _lengths;
    private readonly bool[] _awaitsReset; // only where episodes start in the step after the end
    private readonly EpisodeResult[] _completed;
    private readonly int[] _lost; // episodes of each copy that were lost up to the latest step
    private int _completedCount;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Environment with raw rewards; owned from now on.</param>
    public EpisodeStatistics(IBatchedEnvironment inner)
        : base(inner)
    {
        _returns = new double[inner.Count];
        _lengths = new int[inner.Count];
        _awaitsReset = new bool[inner.Count];
        _completed = new EpisodeResult[inner.Count];
        _lost = new int[inner.LostEpisodes.Length];
    }

    /// <summary>Episodes that ended in the latest step, ordered by copy; valid until the next call of <see cref="Step"/> or <see cref="Reset"/>.</summary>
    public ReadOnlySpan<EpisodeResult> Completed => _completed.AsSpan(0, _completedCount);

    /// <summary>Sum of rewards so far in the running episode of each copy, <c>[B]</c>.</summary>
    public ReadOnlySpan<double> Returns => _returns;

    /// <summary>Steps so far in the running episode of each copy, <c>[B]</c>.</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <inheritdoc/>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        Array.Clear(_returns);
        Array.Clear(_lengths);
        Array.Clear(_awaitsReset);
        Inner.LostEpisodes.CopyTo(_lost);
        _completedCount = 0;
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Inner.Step(actions);
        ReadOnlySpan<float> rewards = Inner.Rewards;
        ReadOnlySpan<bool> terminated = Inner.Terminated;
        ReadOnlySpan<bool> truncated = Inner.Truncated;
        bool resetsLater = AutoresetMode.ResetsLater();
        _completedCount = 0;
        for (int i = 0; i < rewards.Length; i++)
        {
            if (_awaitsReset[i])
            {
                _awaitsReset[i] = false; // this step only reset the copy
                continue;
            }
            _returns[i] += rewards[i];
            _lengths[i]++;
            if (terminated[i] | truncated[i])
            {
                if (_lost.Length == 0 || _lost[i] == Inner.LostEpisodes[i])
                {
                    _completed[_completedCount++] = new EpisodeResult(i, _returns[i], _lengths[i]);
                }
                _returns[i] = 0;
                _lengths[i] = 0;
                _awaitsReset[i] = resetsLater;
            }
        }
        if (_lost.Length > 0)
        {
            Inner.LostEpisodes.CopyTo(_lost);
        }
    }

    /// <inheritdoc/>
    internal override bool FollowsActionClip => true;

    /// <inheritdoc/>
    protected override void SaveOwnState(StateDictionary state)
    {
        state.Set<double>("returns", _returns);
        state.Set<int>("lengths", _lengths);
        state.Set<bool>("awaits_reset", _awaitsReset);
    }

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state)
    {
        state.Read<double>("returns", _returns);
        state.Read<int>("lengths", _lengths);
        if (_lengths.AsSpan().ContainsAnyInRange(int.MinValue, -1))
        {
            throw new InvalidDataException("A saved length of an episode is negative.");
        }
        state.Read<bool>("awaits_reset", _awaitsReset);
        _completedCount = 0;
    }
}

using Environments.Randomness;
using Environments.State;
using Learners.Composition;

namespace Learners.Auxiliary;

/// <summary>
/// Says in which steps a guide acts. Whoever shows it the same beginnings of episodes is told the same: the policy that acts has one, and the learner
/// another, so that an unroll need not say it.
/// </summary>
internal sealed class GuideClock : ISavable
{
    private readonly GuideSettings _settings;
    private readonly SeedSequence[] _seeds; // [B]
    private readonly double _lastStep; // of a copy, at which episodes may begin guided
    private readonly long[] _steps; // [B], taken
    private readonly int[] _episodes; // [B], begun
    private readonly int[] _left; // [B], guided steps that this episode still has

    private GuideClock(GuideSettings settings, int copies, double lastStep, SeedSequence seed)
    {
        (_settings, _lastStep) = (settings, lastStep);
        _seeds = [.. Enumerable.Range(0, copies).Select(copy => seed.Child((uint)copy))];
        (_steps, _episodes, _left) = (new long[copies], new int[copies], new int[copies]);
    }

    /// <summary>The clock of a run, before its first step.</summary>
    public static GuideClock Of(GuideSettings settings, TrainingSettings run) =>
        new(
            settings,
            run.Agent.Copies,
            settings.Share * (double)run.TotalSteps / run.Agent.Copies,
            new SeedSequence(run.Seed).Child(5) // 0 to 2 are those of the session
        );

    /// <summary>Goes on by a step of some copies.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="episodeStarts">Whether the observation of each begins an episode.</param>
    /// <param name="guided">Destination: whether the guide acts.</param>
    public void Advance(int first, ReadOnlySpan<bool> episodeStarts, Span<bool> guided)
    {
        for (int i = 0; i < episodeStarts.Length; i++)
        {
            int copy = first + i;
            if (episodeStarts[i])
            {
                _left[copy] = copy > 0 && _steps[copy] < _lastStep ? Draw(copy) : 0;
                _episodes[copy]++;
            }
            guided[i] = _left[copy] > 0;
            _left[copy] -= guided[i] ? 1 : 0;
            _steps[copy]++;
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set<long>("steps", _steps);
        state.Set<int>("episodes", _episodes);
        state.Set<int>("left", _left);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        state.Read<long>("steps", _steps);
        state.Read<int>("episodes", _episodes);
        state.Read<int>("left", _left);
    }

    private int Draw(int copy)
    {
        var random = new Pcg64(_seeds[copy].Child((uint)_episodes[copy]));
        return random.NextInt(0, _settings.Longest);
    }
}

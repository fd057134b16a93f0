using Agents.Policies;
using Environments;
using Environments.Randomness;
using Environments.State;
using Environments.Wrappers;
using Protos;

namespace Actors;

/// <summary>The environment loop: steps a batch with a policy and records what happened. Read next: the learner that pulls unrolls.</summary>
/// <remarks>Owns the environments. Allocates nothing per step.</remarks>
internal sealed class UnrollRecorder : IDisposable
{
    private readonly EnvironmentPipeline _pipeline;
    private readonly IBatchedEnvironment _environment;
    private readonly IPolicy _policy;
    private readonly PolicyOutput _output;
    private readonly float[] _coreState;
    private readonly bool[] _episodeStarts;
    private Pcg64 _random;
    private long _steps;

    /// <summary>A recorder at the first step of its environments.</summary>
    /// <param name="pipeline">Environments to step; owned from here on, reset here.</param>
    /// <param name="policy">The behaviour policy; not owned.</param>
    /// <param name="environmentSeed">Seed of the environments.</param>
    /// <param name="random">Stream from which actions are drawn.</param>
    public UnrollRecorder(EnvironmentPipeline pipeline, IPolicy policy, ulong environmentSeed, Pcg64 random)
    {
        if (pipeline.Environment.AutoresetMode != AutoresetMode.SameStep)
        {
            throw new NotSupportedException(
                $"{pipeline.Environment.Spec.Id} resets in the step after an episode's end; unrolls need it in the same step."
            );
        }
        _pipeline = pipeline;
        _environment = pipeline.Environment;
        _policy = policy;
        _output = policy.CreateOutput(_environment.Count, values: false);
        _coreState = new float[_environment.Count * policy.CoreStateSize];
        _episodeStarts = new bool[_environment.Count];
        _random = random;
        _environment.Reset(environmentSeed);
        Array.Fill(_episodeStarts, true);
    }

    /// <summary>Batched steps so far; may be read by another thread, which watches that they go on.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>Records the next T steps into <paramref name="unroll"/>.</summary>
    public void Record(Unroll unroll)
    {
        int copies = _environment.Count;
        int actions = copies * unroll.Shape.ActionSize;
        unroll.Clear();
        _coreState.CopyTo(unroll.InitialCoreState, 0);
        for (int t = 0; t < unroll.Steps; t++)
        {
            unroll.Observations.Write(t, _environment.Observations);
            _episodeStarts.CopyTo(unroll.EpisodeStarts, t * copies);
            _policy.Act(_environment.Observations, _episodeStarts, _coreState, ActionSelection.Sample, ref _random, _output);
            _output.Actions.CopyTo(unroll.Actions.AsSpan(t * actions));
            _output.LogProbs.CopyTo(unroll.BehaviourLogProbs.AsSpan(t * copies));

            _environment.Step(_output.Actions);
            Volatile.Write(ref _steps, _steps + 1);
            _environment.Rewards.CopyTo(unroll.Rewards.AsSpan(t * copies));
            _environment.Terminated.CopyTo(unroll.Terminated.AsSpan(t * copies));
            _environment.Truncated.CopyTo(unroll.Truncated.AsSpan(t * copies));
            KeepEndedEpisodes(unroll, t);
        }
        unroll.Observations.Write(unroll.Steps, _environment.Observations);
        _episodeStarts.CopyTo(unroll.EpisodeStarts, unroll.Steps * copies);
    }

    /// <summary>Saves environments, core state and the action stream.</summary>
    public void SaveState(StateDictionary state)
    {
        _pipeline.SaveState(state.Scope("environment"));
        state.Set<float>("core_state", _coreState);
        state.Set<bool>("episode_starts", _episodeStarts);
        state.Set("random", _random);
    }

    /// <summary>Continues from a saved state; environments that cannot be saved begin new episodes.</summary>
    public void LoadState(StateDictionary state)
    {
        _pipeline.LoadState(state.Scope("environment"));
        state.Read<float>("core_state", _coreState);
        state.Read<bool>("episode_starts", _episodeStarts);
        _random = state.Get<Pcg64>("random");
        if (!_environment.CanSaveState)
        {
            _environment.Reset(_random.NextUInt64());
            Array.Fill(_episodeStarts, true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pipeline.Dispose();

    private void KeepEndedEpisodes(Unroll unroll, int t)
    {
        ReadOnlySpan<bool> terminated = _environment.Terminated;
        ReadOnlySpan<bool> truncated = _environment.Truncated;
        for (int b = 0; b < _episodeStarts.Length; b++)
        {
            _episodeStarts[b] = terminated[b] | truncated[b];
            if (_episodeStarts[b])
            {
                int size = unroll.Shape.Observations.ObservationSize;
                unroll.AddFinalObservation(t * _episodeStarts.Length + b, _environment.FinalObservations.Slice(b * size, size));
            }
        }
        foreach (EpisodeResult episode in _pipeline.Episodes.Completed)
        {
            unroll.AddEpisode(new CompletedEpisode(episode.Return, episode.Length));
        }
    }
}

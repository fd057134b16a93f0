using Agents.Policies;
using Environments;
using Environments.Randomness;
using Environments.State;
using Environments.Wrappers;
using Protos;

namespace Actors;

/// <summary>The environment loop: steps copies with a policy and records what happened. Read next: the learner that pulls unrolls.</summary>
/// <remarks>
/// With two halves, one is stepped while the policy acts for the other. Actions are drawn in the same order as for one batch, so the
/// unroll holds the same numbers:
/// <code>
/// policy        act 0a  act 0b  act 1a  act 1b  act 2a …
/// half a                step 0          step 1
/// half b                        step 0          step 1
/// </code>
/// Owns the environments. Allocates nothing per step.
/// </remarks>
internal sealed class UnrollRecorder : IDisposable
{
    private readonly EnvironmentParts _environments;
    private readonly IPolicy _policy;
    private readonly PolicyOutput[] _outputs; // one per part
    private readonly float[] _coreState;
    private readonly bool[] _episodeStarts;
    private Pcg64 _random;
    private long _steps;

    /// <summary>A recorder at the first step of its environments.</summary>
    /// <param name="environments">Environments to step; owned from here on, reset here.</param>
    /// <param name="policy">The behaviour policy, which acts in its own way; not owned.</param>
    /// <param name="environmentSeed">Seed of the environments.</param>
    /// <param name="random">Stream from which actions are drawn.</param>
    public UnrollRecorder(EnvironmentParts environments, IPolicy policy, ulong environmentSeed, Pcg64 random)
    {
        if (environments.AutoresetMode != AutoresetMode.SameStep)
        {
            throw new NotSupportedException(
                $"{environments.Spec.Id} resets in the step after an episode's end; unrolls need it in the same step."
            );
        }
        _environments = environments;
        _policy = policy;
        _outputs = new PolicyOutput[environments.Parts.Length];
        for (int i = 0; i < _outputs.Length; i++)
        {
            _outputs[i] = policy.CreateOutput(environments.Parts[i].Count, values: false);
        }
        _coreState = new float[environments.Count * policy.CoreStateSize];
        _episodeStarts = new bool[environments.Count];
        _random = random;
        _environments.Reset(environmentSeed);
        Array.Fill(_episodeStarts, true);
    }

    /// <summary>Batched steps so far; may be read by another thread, which watches that they go on.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>Records the next T steps into <paramref name="unroll"/>.</summary>
    public void Record(Unroll unroll)
    {
        unroll.Clear();
        _coreState.CopyTo(unroll.InitialCoreState, 0);
        for (int t = 0; t <= unroll.Steps; t++)
        {
            for (int i = 0; i < _outputs.Length; i++)
            {
                EnvironmentPart part = _environments.Parts[i];
                if (t > 0)
                {
                    part.End();
                    Keep(part, unroll, t - 1);
                }
                int row = t * unroll.Copies + part.First;
                unroll.Observations.Write(t, part.Pipeline.Environment.Observations, part.First);
                StartsOf(part).CopyTo(unroll.EpisodeStarts.AsSpan(row));
                if (t < unroll.Steps)
                {
                    Act(part, _outputs[i], unroll, row);
                }
            }
            Volatile.Write(ref _steps, t > 0 ? _steps + 1 : _steps);
        }
    }

    /// <summary>Saves environments, core state and the action stream.</summary>
    public void SaveState(StateDictionary state)
    {
        _environments.SaveState(state.Scope("environment"));
        state.Set<float>("core_state", _coreState);
        state.Set<bool>("episode_starts", _episodeStarts);
        state.Set("random", _random);
    }

    /// <summary>Continues from a saved state; environments that cannot be saved begin new episodes.</summary>
    /// <param name="state">Where it was saved.</param>
    /// <param name="hasFormerLayers">As for <see cref="EnvironmentPipeline.LoadState"/>.</param>
    public void LoadState(StateDictionary state, bool hasFormerLayers = false)
    {
        _environments.LoadState(state.Scope("environment"), hasFormerLayers);
        state.Read<float>("core_state", _coreState);
        state.Read<bool>("episode_starts", _episodeStarts);
        _random = state.Get<Pcg64>("random");
        if (!_environments.CanSaveState)
        {
            _environments.Reset(_random.NextUInt64());
            Array.Fill(_episodeStarts, true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _environments.Dispose();

    private void Act(EnvironmentPart part, PolicyOutput output, Unroll unroll, int row)
    {
        Span<float> coreState = _coreState.AsSpan(part.First * _policy.CoreStateSize, part.Count * _policy.CoreStateSize);
        _policy.Act(part.Pipeline.Environment.Observations, StartsOf(part), coreState, _policy.Acting, ref _random, output);
        output.Samples.CopyTo(unroll.Actions.AsSpan(row * unroll.Shape.ActionSize));
        output.BehaviourLogProbs.CopyTo(unroll.BehaviourLogProbs.AsSpan(row));
        part.Begin(output.Actions);
    }

    private void Keep(EnvironmentPart part, Unroll unroll, int t)
    {
        IBatchedEnvironment environment = part.Pipeline.Environment;
        int row = t * unroll.Copies + part.First;
        environment.Rewards.CopyTo(unroll.Rewards.AsSpan(row));
        ReadOnlySpan<bool> terminated = environment.Terminated;
        ReadOnlySpan<bool> truncated = environment.Truncated;
        terminated.CopyTo(unroll.Terminated.AsSpan(row));
        truncated.CopyTo(unroll.Truncated.AsSpan(row));
        Span<bool> starts = StartsOf(part);
        for (int b = 0; b < starts.Length; b++)
        {
            starts[b] = terminated[b] | truncated[b];
            if (starts[b])
            {
                int size = unroll.Shape.Observations.ObservationSize;
                unroll.AddFinalObservation(row + b, environment.FinalObservations.Slice(b * size, size));
            }
        }
        foreach (EpisodeResult episode in part.Pipeline.Episodes.Completed)
        {
            unroll.AddEpisode(new CompletedEpisode(episode.Return, episode.Length));
        }
    }

    private Span<bool> StartsOf(EnvironmentPart part) => _episodeStarts.AsSpan(part.First, part.Count);
}

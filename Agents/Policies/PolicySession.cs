using Agents.Policies.Acting;
using Environments.Randomness;

namespace Agents.Policies;

/// <summary>A policy at work on B rows: carries core state, episode starts and the sampling stream from step to step.</summary>
/// <remarks>Not thread-safe; does not own the policy. Allocates nothing per step.</remarks>
public sealed class PolicySession
{
    private readonly IPolicy _policy;
    private readonly PolicyOutput _output;
    private readonly float[] _coreState;
    private readonly bool[] _episodeStarts;
    private Pcg64 _random;

    /// <summary>A session whose rows all begin an episode.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="count">Rows, B.</param>
    /// <param name="random">Stream of what is drawn.</param>
    /// <param name="acting">How actions are chosen; null for the policy's own way.</param>
    /// <param name="values">Whether the critic is evaluated too, which doubles the arithmetic.</param>
    public PolicySession(IPolicy policy, int count, Pcg64 random, IActingPolicy? acting = null, bool values = true)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        Acting = acting ?? policy.Acting;
        _output = policy.CreateOutput(count, values);
        _coreState = new float[count * policy.CoreStateSize];
        _episodeStarts = new bool[count];
        _random = random;
        Array.Fill(_episodeStarts, true);
    }

    /// <summary>How actions are chosen, from the next step on.</summary>
    internal IActingPolicy Acting { get; set; }

    /// <summary>All that the policy decided in the latest step, the raw <see cref="PolicyOutput.Samples"/> among it.</summary>
    public PolicyOutput Output => _output;

    /// <summary>Chooses an action per row.</summary>
    /// <param name="observations"><c>[B, ObservationSize]</c>, as the environment gives them.</param>
    /// <returns>Actions of the policy's space, <c>[B, ActionSize]</c>, as the environment got them in training; valid until the next call.</returns>
    public ReadOnlySpan<float> Act(ReadOnlySpan<float> observations)
    {
        _policy.Act(observations, _episodeStarts, _coreState, Acting, ref _random, _output);
        Array.Clear(_episodeStarts);
        return _output.Actions;
    }

    /// <summary>Says that the next observation begins an episode wherever the latest step of a batch ended one.</summary>
    /// <param name="terminated">Whether the step ended the episode of each row, B.</param>
    /// <param name="truncated">Whether the step cut the episode of each row off, B.</param>
    public void StartEpisodes(ReadOnlySpan<bool> terminated, ReadOnlySpan<bool> truncated)
    {
        for (int row = 0; row < _episodeStarts.Length; row++)
        {
            _episodeStarts[row] |= terminated[row] | truncated[row];
        }
    }

    /// <summary>Says that the next observation of a row begins an episode.</summary>
    public void StartEpisode(int row) => _episodeStarts[row] = true;
}

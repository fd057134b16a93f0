using Agents.Policies;
using Agents.Policies.Acting;
using Environments.Randomness;

namespace Fleet.PolicyPools;

/// <summary>A rented session of a <see cref="PolicyPool"/>, which it goes back to when it is disposed of. Not thread-safe.</summary>
public sealed class PolicyLease : IDisposable
{
    private readonly PolicyPool _pool;
    private readonly Conversation _conversation;
    private PolicyWorker? _worker; // null once it is given back

    internal PolicyLease(PolicyPool pool, PolicyWorker worker, Conversation conversation) =>
        (_pool, _worker, _conversation) = (pool, worker, conversation);

    /// <summary>Chooses the next action of the session.</summary>
    /// <param name="observation">The observation, as the environment gives it.</param>
    /// <returns>The action; valid until the next call or the return of the session.</returns>
    /// <exception cref="ArgumentException">The length is wrong, or a number cannot be.</exception>
    /// <exception cref="ObjectDisposedException">The session was given back.</exception>
    public ReadOnlySpan<float> Act(ReadOnlySpan<float> observation)
    {
        ObjectDisposedException.ThrowIf(_worker is null, this);
        if (observation.Length != _pool.ObservationSize)
        {
            throw new ArgumentException(
                $"An observation of this policy has {_pool.ObservationSize} numbers; {observation.Length} were given.",
                nameof(observation)
            );
        }
        return _worker.Act(observation, _conversation);
    }

    /// <summary>What the session remembers.</summary>
    internal ReadOnlySpan<float> CoreState => _conversation.CoreState;

    /// <summary>Says that the next observation begins an episode.</summary>
    public void StartEpisode() => _conversation.Start[0] = true;

    /// <summary>Gives the session back; a second time nothing happens.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _worker, null) is { } worker)
        {
            _pool.Return(worker, _conversation);
        }
    }
}

/// <summary>What a session carries from step to step.</summary>
internal sealed class Conversation(int coreStateSize, Pcg64 random, bool isNamed)
{
    /// <summary>Drawn from.</summary>
    public Pcg64 Random = random;

    /// <summary>Core state of the one row.</summary>
    public float[] CoreState { get; } = new float[coreStateSize];

    /// <summary>Whether the next observation begins an episode.</summary>
    public bool[] Start { get; } = [true];

    /// <summary>Whether it is remembered.</summary>
    public bool IsNamed => isNamed;

    /// <summary>Held by whoever rents it.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>Who has it or waits for it.</summary>
    public int Users { get; set; }

    /// <summary>When it was left last.</summary>
    public long LastUse { get; set; }
}

/// <summary>One copy of the network. Owns it.</summary>
internal sealed class PolicyWorker(SavedPolicy policy, bool sample) : IDisposable
{
    private readonly IActingPolicy _acting = sample ? policy.Acting : ActingPolicies.Greedy;
    private readonly PolicyOutput _output = policy.CreateOutput(1, values: false);

    /// <summary>Chooses an action.</summary>
    public ReadOnlySpan<float> Act(ReadOnlySpan<float> observation, Conversation conversation)
    {
        policy.Act(observation, conversation.Start, conversation.CoreState, _acting, ref conversation.Random, _output);
        conversation.Start[0] = false;
        return _output.Actions;
    }

    /// <inheritdoc/>
    public void Dispose() => policy.Dispose();
}

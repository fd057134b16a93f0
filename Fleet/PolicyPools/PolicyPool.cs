using System.Collections.Concurrent;
using Agents.Policies;
using Environments.Randomness;

namespace Fleet.PolicyPools;

/// <summary>A policy that many callers use at the same time: sessions are rented and given back. Thread-safe. Owns its copies of the network.</summary>
/// <remarks>
/// A session without a name begins a new episode. One with the name of a conversation goes on where that conversation was, as a policy with a memory needs it;
/// two callers of one conversation take turns.
/// <code>
/// app.MapPost("/act/{conversation}", async (string conversation, float[] observation, PolicyPool pool, CancellationToken stop) =>
/// {
///     using PolicyLease session = await pool.RentAsync(conversation, stop);
///     return session.Act(observation).ToArray();
/// });
/// </code>
/// </remarks>
public sealed class PolicyPool : IDisposable
{
    private readonly PolicyPoolOptions _options;
    private readonly TimeProvider _clock;
    private readonly SavedPolicy _original;
    private readonly SemaphoreSlim _free;
    private readonly ConcurrentBag<PolicyWorker> _workers = [];
    private readonly Dictionary<string, Conversation> _conversations = []; // locked by itself
    private long _streams;
    private volatile bool _disposed;

    /// <summary>A pool of a policy.</summary>
    /// <param name="policy">Copied; it stays the caller's.</param>
    /// <param name="options">Size and ways; null for the defaults.</param>
    /// <param name="clock">Clock of conversations; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is not possible.</exception>
    public PolicyPool(SavedPolicy policy, PolicyPoolOptions? options = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _options = options ?? new PolicyPoolOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Size, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxConversations, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.ConversationLifetime, TimeSpan.Zero, nameof(options));
        _clock = clock ?? TimeProvider.System;
        _original = policy.Copy();
        _free = new SemaphoreSlim(_options.Size);
    }

    /// <summary>Where the policy comes from.</summary>
    public PolicyInfo Info => _original.Info;

    /// <summary>Numbers of an observation.</summary>
    public int ObservationSize => _original.ObservationSpace.Size;

    /// <summary>Numbers of an action.</summary>
    public int ActionSize => _original.ActionSpace.Size;

    /// <summary>Conversations that are remembered.</summary>
    public int Conversations
    {
        get
        {
            lock (_conversations)
            {
                return _conversations.Count;
            }
        }
    }

    /// <summary>Rents a session that begins an episode and is forgotten afterwards.</summary>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The session; give it back by disposing of it.</returns>
    public async ValueTask<PolicyLease> RentAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Lease(NewConversation());
    }

    /// <summary>Rents the session of a conversation, or begins one; waits while another caller has it.</summary>
    /// <param name="conversation">Name of the conversation, such as the id of a game or a user's session.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The session; give it back by disposing of it.</returns>
    /// <exception cref="InvalidOperationException">As many conversations are remembered as may be, and all were used lately.</exception>
    public async ValueTask<PolicyLease> RentAsync(string conversation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ObjectDisposedException.ThrowIf(_disposed, this);
        Conversation found = Enter(conversation);
        try
        {
            await found.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                found.Turn.Release();
                throw;
            }
        }
        catch
        {
            Leave(found);
            throw;
        }
        return Lease(found);
    }

    /// <summary>Forgets a conversation; the next one of its name begins an episode. One that is rented now is forgotten as well.</summary>
    /// <returns>Whether it was known.</returns>
    public bool End(string conversation)
    {
        lock (_conversations)
        {
            return _conversations.Remove(conversation);
        }
    }

    /// <summary>Disposes of the networks; sessions that are rented are disposed when they come back.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        while (_workers.TryTake(out PolicyWorker? worker))
        {
            worker.Dispose();
        }
        _original.Dispose();
    }

    /// <summary>Takes back what a lease used.</summary>
    internal void Return(PolicyWorker worker, Conversation conversation)
    {
        if (conversation.IsNamed)
        {
            Leave(conversation);
            conversation.Turn.Release();
        }
        _workers.Add(worker);
        if (_disposed && _workers.TryTake(out PolicyWorker? late))
        {
            late.Dispose();
        }
        _free.Release();
    }

    private PolicyLease Lease(Conversation conversation)
    {
        try
        {
            if (!_workers.TryTake(out PolicyWorker? worker))
            {
                worker = new PolicyWorker(_original.Copy(), _options.Sample);
            }
            return new PolicyLease(this, worker, conversation);
        }
        catch
        {
            if (conversation.IsNamed)
            {
                Leave(conversation);
                conversation.Turn.Release();
            }
            _free.Release();
            throw;
        }
    }

    private Conversation NewConversation(bool isNamed = false) =>
        new(
            _original.CoreStateSize,
            new Pcg64(new SeedSequence(_options.Seed).Child((uint)Interlocked.Increment(ref _streams))),
            isNamed
        );

    private Conversation Enter(string name)
    {
        lock (_conversations)
        {
            if (!_conversations.TryGetValue(name, out Conversation? found))
            {
                if (_conversations.Count >= _options.MaxConversations)
                {
                    ForgetOld();
                }
                _conversations.Add(name, found = NewConversation(isNamed: true));
            }
            found.Users++;
            return found;
        }
    }

    private void Leave(Conversation conversation)
    {
        lock (_conversations)
        {
            conversation.Users--;
            conversation.LastUse = _clock.GetTimestamp();
        }
    }

    private void ForgetOld()
    {
        string[] old =
        [
            .. _conversations
                .Where(pair =>
                    pair.Value.Users == 0 && _clock.GetElapsedTime(pair.Value.LastUse) >= _options.ConversationLifetime
                )
                .Select(pair => pair.Key),
        ];
        if (old.Length == 0)
        {
            throw new InvalidOperationException(
                $"{_options.MaxConversations} conversations are remembered, and all were used within {_options.ConversationLifetime}. End those that are over, or raise {nameof(PolicyPoolOptions.MaxConversations)}."
            );
        }
        foreach (string name in old)
        {
            _conversations.Remove(name);
        }
    }
}

namespace Fleet.PolicyPools;

/// <summary>Size and ways of a <see cref="PolicyPool"/>. Immutable.</summary>
public sealed record PolicyPoolOptions
{
    /// <summary>Copies of the network, and so sessions that act at the same time; more callers wait.</summary>
    /// <value>At least 1. Default the number of processors.</value>
    public int Size { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether the policy acts as in training, which for most is to draw; else the most probable actions are taken.</summary>
    /// <value>Default false.</value>
    public bool Sample { get; init; }

    /// <summary>Seed of what is drawn.</summary>
    public ulong Seed { get; init; }

    /// <summary>Conversations that are remembered at the same time.</summary>
    /// <value>At least 1. Default 10,000.</value>
    public int MaxConversations { get; init; } = 10_000;

    /// <summary>Time after its last use at which a conversation may be forgotten, where room is needed for a new one.</summary>
    /// <value>Above 0. Default 30 minutes.</value>
    public TimeSpan ConversationLifetime { get; init; } = TimeSpan.FromMinutes(30);
}

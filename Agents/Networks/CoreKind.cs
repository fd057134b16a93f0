namespace Agents.Networks;

/// <summary>Memory between encoder and heads.</summary>
public enum CoreKind
{
    /// <summary>No memory: a feed-forward agent.</summary>
    Identity,
}

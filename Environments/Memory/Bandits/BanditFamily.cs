namespace Environments.Memory.Bandits;

/// <summary>How the probabilities of a <see cref="Bandit"/>'s arms are drawn for an episode.</summary>
public enum BanditFamily
{
    /// <summary>Each arm uniformly in [0, 1).</summary>
    Independent,

    /// <summary>Two arms, p and 1 − p, with p uniform in [0, 1).</summary>
    Uniform,

    /// <summary>Two arms with 0.1 and 0.9, either way round.</summary>
    Easy,

    /// <summary>Two arms with 0.25 and 0.75.</summary>
    Medium,

    /// <summary>Two arms with 0.4 and 0.6.</summary>
    Hard,
}

namespace Environments.Wrappers;

/// <summary>One finished episode.</summary>
/// <param name="Copy">Which copy of the batch played it, from 0.</param>
/// <param name="Return">Undiscounted sum of its rewards.</param>
/// <param name="Length">Its steps.</param>
public readonly record struct EpisodeResult(int Copy, double Return, int Length);

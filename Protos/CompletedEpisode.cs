namespace Protos;

/// <summary>An episode that ended inside an unroll.</summary>
/// <param name="Return">Undiscounted sum of the environment's own rewards, before any scaling or clipping.</param>
/// <param name="Length">Steps.</param>
public readonly record struct CompletedEpisode(double Return, int Length);

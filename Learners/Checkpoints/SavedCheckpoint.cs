namespace Learners.Checkpoints;

/// <summary>A checkpoint of a run.</summary>
/// <param name="Steps">Environment steps done.</param>
/// <param name="Path">Its folder.</param>
internal sealed record SavedCheckpoint(long Steps, string Path);

using Studies.Runs;

namespace Studies.Running;

/// <summary>Trains one run of a claim to its end.</summary>
internal interface IRunStarter
{
    /// <summary>Begins or continues a run.</summary>
    /// <param name="run">What to train.</param>
    /// <param name="files">Where.</param>
    /// <param name="resume">Whether to continue from the newest checkpoint.</param>
    /// <param name="cancellationToken">Asks the run to save and end.</param>
    /// <returns>Null when it ended by itself, else why it failed, in one line.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled, and has ended.</exception>
    Task<string?> RunAsync(PlannedRun run, RunFiles files, bool resume, CancellationToken cancellationToken);
}

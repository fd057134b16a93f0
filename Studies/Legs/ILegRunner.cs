using Studies.Trials;

namespace Studies.Legs;

/// <summary>Trains legs, wherever that is.</summary>
internal interface ILegRunner
{
    /// <summary>Legs at a time; it may change while a study runs.</summary>
    int Capacity { get; }

    /// <summary>Begins or continues a leg.</summary>
    /// <param name="order">The leg.</param>
    /// <param name="progress">Told environment steps of the trial, from any thread.</param>
    /// <param name="cancellationToken">Asks the leg to save and end.</param>
    /// <returns>What came of it, also where the training failed by its own settings.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled and has saved.</exception>
    /// <exception cref="LegLostException">Whoever trained it is gone; it may be tried again.</exception>
    /// <exception cref="IOException">The study's folder cannot be written.</exception>
    Task<LegResult> RunAsync(LegOrder order, IProgress<long> progress, CancellationToken cancellationToken);
}

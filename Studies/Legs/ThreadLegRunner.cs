using Learners.Training;
using Studies.Trials;

namespace Studies.Legs;

/// <summary>Trains legs as threads of this process: one start for all of them.</summary>
/// <param name="root">The study's folder.</param>
/// <param name="jobs">Legs at a time.</param>
/// <param name="options">Where environments and agents are looked up.</param>
internal sealed class ThreadLegRunner(string root, int jobs, TrainingOptions options) : ILegRunner
{
    private readonly LegTraining _training = new(root, options);

    /// <inheritdoc/>
    public int Capacity => jobs;

    /// <inheritdoc/>
    public Task<LegResult> RunAsync(LegOrder order, IProgress<long> progress, CancellationToken cancellationToken) =>
        Task.Run(() => _training.RunAsync(order, progress, cancellationToken), CancellationToken.None);
}

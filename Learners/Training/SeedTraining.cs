using Learners.Composition;

namespace Learners.Training;

/// <summary>Trains one configuration with several seeds as threads of this process, so that a table of seeds pays one start.</summary>
public static class SeedTraining
{
    /// <summary>Trains every seed; each gets the parameters that it gets alone.</summary>
    /// <remarks>A seed that fails does not end the others. Processor times in the results are those of the whole process.</remarks>
    /// <param name="settings">What to train; its seed is replaced.</param>
    /// <param name="seeds">Seeds, each once.</param>
    /// <param name="jobs">Runs at once, at least 1.</param>
    /// <param name="options">Where the run of a seed writes and whom it tells, from several threads at once.</param>
    /// <param name="cancellationToken">Ends the runs after their updates, with checkpoints; seeds that wait are not begun.</param>
    /// <returns>One outcome for each seed, in their order.</returns>
    public static async Task<IReadOnlyList<SeedOutcome>> TrainAsync(
        TrainingSettings settings,
        IReadOnlyList<ulong> seeds,
        int jobs,
        Func<ulong, TrainingOptions> options,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs, 1);
        var outcomes = new SeedOutcome[seeds.Count];
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(jobs, seeds.Count)).Select(_ => WorkAsync())).ConfigureAwait(false);
        return outcomes;

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is var index && index < seeds.Count)
            {
                ulong seed = seeds[index];
                if (cancellationToken.IsCancellationRequested)
                {
                    outcomes[index] = new SeedOutcome(seed, null, null);
                    continue;
                }
                try
                {
                    TrainingResult result = await Trainer
                        .TrainAsync(settings with { Seed = seed }, options(seed), cancellationToken)
                        .ConfigureAwait(false);
                    outcomes[index] = new SeedOutcome(seed, result, null);
                }
                catch (Exception exception)
                {
                    outcomes[index] = new SeedOutcome(seed, null, exception);
                }
            }
        }
    }
}

/// <summary>What became of a seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Result">What its run left behind; null where it failed or was not begun.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
public sealed record SeedOutcome(ulong Seed, TrainingResult? Result, Exception? Failure);

namespace Learners.Supervised;

/// <summary>Learns one configuration with several seeds as threads of this process.</summary>
internal static class SupervisedSeeds
{
    /// <summary>Learns with every seed; each gets the parameters that it gets alone.</summary>
    /// <remarks>A seed that fails does not end the others. Processor times in the results are those of the whole process.</remarks>
    /// <param name="settings">What is learned; its seed is replaced.</param>
    /// <param name="seeds">Seeds, each once.</param>
    /// <param name="jobs">Runs at once, at least 1.</param>
    /// <param name="options">Where the run of a seed writes and whom it tells, from several threads at once.</param>
    /// <param name="cancellationToken">Ends the runs after their updates, with checkpoints; seeds that wait are not begun.</param>
    /// <returns>One outcome for each seed, in their order.</returns>
    public static async Task<IReadOnlyList<SupervisedOutcome>> LearnAsync(
        SupervisedSettings settings,
        IReadOnlyList<ulong> seeds,
        int jobs,
        Func<ulong, SupervisedOptions> options,
        CancellationToken cancellationToken = default
    )
    {
        var outcomes = new SupervisedOutcome[seeds.Count];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = jobs };
        await Parallel
            .ForAsync(
                0,
                seeds.Count,
                limits,
                async (index, _) => outcomes[index] = await OneAsync(seeds[index]).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        return outcomes;

        async Task<SupervisedOutcome> OneAsync(ulong seed)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return new SupervisedOutcome(seed, null, null);
            }
            try
            {
                SupervisedResult result = await SupervisedTrainer
                    .LearnAsync(settings with { Seed = seed }, options(seed), cancellationToken)
                    .ConfigureAwait(false);
                return new SupervisedOutcome(seed, result, null);
            }
            catch (Exception exception)
            {
                return new SupervisedOutcome(seed, null, exception);
            }
        }
    }
}

/// <summary>What became of a seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Result">What its run left behind; null where it failed or was not begun.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
internal sealed record SupervisedOutcome(ulong Seed, SupervisedResult? Result, Exception? Failure);

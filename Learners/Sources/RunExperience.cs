using Learners.Composition;
using Protos;

namespace Learners.Sources;

/// <summary>The run's source as its learner sees it: hands unrolls on, counts their steps, and tells how far the run is.</summary>
/// <param name="source">Where unrolls come from; not owned.</param>
internal sealed class RunExperience(IUnrollSource source) : IExperienceSource
{
    private Unroll? _pulled;

    /// <summary>Environment steps that were counted.</summary>
    public long Steps { get; set; }

    /// <summary>Environment steps of the run.</summary>
    public required long TotalSteps { get; set; }

    /// <inheritdoc/>
    public double Progress => ShareOf(Steps);

    /// <inheritdoc/>
    public double ProgressAfterwards => ShareOf(Steps + StepsOf(_pulled));

    /// <inheritdoc/>
    public async ValueTask<Unroll?> NextAsync(CancellationToken stop)
    {
        if (_pulled is not null)
        {
            throw new InvalidOperationException(
                "The learner pulled a second unroll before it returned from AdvanceAsync, which would overwrite the first one. Pull one in each call; copy what is needed longer."
            );
        }
        if (stop.IsCancellationRequested)
        {
            return null;
        }
        try
        {
            return _pulled = await source.NextAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Counts the unroll that was pulled since the last call, and gives it until the source takes it back; null where there was none.</summary>
    public Unroll? Count()
    {
        Unroll? unroll = _pulled;
        _pulled = null;
        Steps += StepsOf(unroll);
        return unroll;
    }

    private static long StepsOf(Unroll? unroll) => unroll is null ? 0 : (long)unroll.Steps * unroll.Copies;

    private double ShareOf(long steps) => Math.Min(1.0, (double)steps / TotalSteps);
}

using Protos;

namespace Learners.Composition;

/// <summary>Where a learner pulls what actors recorded, whether on its own thread or in a fleet. The run owns it.</summary>
/// <remarks>A learner may hand another one a source of its own over this one, which changes unrolls before they are learned from.</remarks>
public interface IExperienceSource
{
    /// <summary>Share of the run's steps taken before the current call of <see cref="ILearner.AdvanceAsync"/>, 0 to 1: what schedules go by.</summary>
    double Progress { get; }

    /// <summary>The same when the unroll of the current call is counted: where the next one is acted.</summary>
    double ProgressAfterwards => Progress;

    /// <summary>Waits for the next unroll.</summary>
    /// <param name="stop">Asks to end.</param>
    /// <returns>
    /// T × B samples, in the order in which they were acted; null where <paramref name="stop"/> was cancelled first. The source owns it: it is valid
    /// until <see cref="ILearner.AdvanceAsync"/> returns, so copy what is needed longer.
    /// </returns>
    /// <exception cref="InvalidOperationException">It was asked a second time within one call of <see cref="ILearner.AdvanceAsync"/>.</exception>
    ValueTask<Unroll?> NextAsync(CancellationToken stop);
}

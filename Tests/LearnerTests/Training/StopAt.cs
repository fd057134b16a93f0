using Learners.Training;

namespace Tests.LearnerTests.Training;

/// <summary>Cancels training at a number of steps.</summary>
internal sealed class StopAt(long steps, CancellationTokenSource cancellation) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.EnvironmentSteps >= steps)
        {
            cancellation.Cancel();
        }
    }
}

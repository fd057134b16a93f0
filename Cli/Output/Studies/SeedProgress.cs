using Learners.Training;

namespace Cli.Output;

/// <summary>Several runs as one: their steps together, and the mean of their returns. Thread-safe.</summary>
internal sealed class SeedProgress(IProgress<TrainingProgress> shown, int seeds, TimeProvider clock)
{
    private readonly Dictionary<ulong, TrainingProgress> _runs = [];
    private readonly long _started = clock.GetTimestamp();

    /// <summary>Where the run of a seed tells how far it is.</summary>
    public IProgress<TrainingProgress> Of(ulong seed) => new Part(this, seed);

    private void Add(ulong seed, in TrainingProgress value)
    {
        lock (_runs)
        {
            _runs[seed] = value;
            long steps = _runs.Values.Sum(run => run.EnvironmentSteps);
            long total = value.TotalSteps * seeds;
            TimeSpan elapsed = clock.GetElapsedTime(_started);
            double[] returns = [.. _runs.Values.Select(run => run.RecentReturn).Where(mean => !double.IsNaN(mean))];
            shown.Report(
                new TrainingProgress(
                    steps,
                    total,
                    _runs.Values.Sum(run => run.Updates),
                    _runs.Values.Sum(run => run.Episodes),
                    returns.Length == 0 ? double.NaN : returns.Average(),
                    steps / Math.Max(1e-9, elapsed.TotalSeconds),
                    elapsed,
                    elapsed * ((double)Math.Max(0, total - steps) / Math.Max(1, steps))
                )
            );
        }
    }

    private sealed class Part(SeedProgress whole, ulong seed) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => whole.Add(seed, value);
    }
}

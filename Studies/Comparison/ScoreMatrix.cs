using Environments.Randomness;

namespace Studies.Comparison;

/// <summary>Scores of one algorithm: for each task those of its runs, of which every task may have another number.</summary>
/// <remarks>x[n, m] of Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical precipice" (arXiv 2108.13264).</remarks>
internal sealed class ScoreMatrix
{
    private readonly double[] _values;
    private readonly int[] _starts;

    /// <summary>Copies scores.</summary>
    /// <param name="tasks">Scores of the runs of each task, <c>[M][N of the task]</c>; at least one task, and one run of each.</param>
    /// <exception cref="ArgumentException">A task has no run, or a score is no finite number.</exception>
    public ScoreMatrix(params IReadOnlyList<double[]> tasks)
    {
        if (tasks.Count == 0 || tasks.Any(runs => runs.Length == 0 || !runs.All(double.IsFinite)))
        {
            throw new ArgumentException(
                "Scores need at least one task, and on each at least one run with a finite score.",
                nameof(tasks)
            );
        }
        _values = [.. tasks.SelectMany(runs => runs)];
        _starts = new int[tasks.Count + 1];
        for (int task = 0; task < tasks.Count; task++)
        {
            _starts[task + 1] = _starts[task] + tasks[task].Length;
        }
    }

    private ScoreMatrix(int[] starts)
    {
        _starts = starts;
        _values = new double[starts[^1]];
    }

    /// <summary>Tasks, M.</summary>
    public int TaskCount => _starts.Length - 1;

    /// <summary>Runs of the task that has the fewest, which decides what an interval is worth.</summary>
    public int FewestRuns => Enumerable.Range(0, TaskCount).Min(task => _starts[task + 1] - _starts[task]);

    /// <summary>The scores of all runs of all tasks.</summary>
    public ReadOnlySpan<double> All => _values;

    /// <summary>The scores of a task's runs.</summary>
    public ReadOnlySpan<double> Runs(int task) => _values.AsSpan(_starts[task].._starts[task + 1]);

    /// <summary>A matrix of the same shape to draw resamples into.</summary>
    public ScoreMatrix Empty() => new(_starts);

    /// <summary>Draws as many runs as there are, with replacement, separately in each task (stratified).</summary>
    /// <param name="random">Where indices come from; left where the next resample begins.</param>
    /// <param name="into">Destination of the same shape; all of it is written.</param>
    public void Resample(ref Pcg64 random, ScoreMatrix into)
    {
        for (int task = 0; task < TaskCount; task++)
        {
            ReadOnlySpan<double> runs = Runs(task);
            Span<double> drawn = into._values.AsSpan(_starts[task].._starts[task + 1]);
            for (int i = 0; i < drawn.Length; i++)
            {
                drawn[i] = runs[random.NextInt(0, runs.Length)];
            }
        }
    }
}

using System.Globalization;
using Learners.Training;
using Protos.Foreign;

namespace Cli.Output;

/// <summary>Shows an agent's run, or several: what is trained, how far it is, losses, evaluations, warnings.</summary>
internal sealed class ProgressReporter(TextWriter error) : ProgressLines<TrainingProgress>(error)
{
    // In the order in which they are shown; an agent has some of them.
    private static readonly (string Tag, string Name)[] Losses =
    [
        ("losses/policy_loss", "policy loss"),
        ("losses/value_loss", "value loss"),
        ("losses/loss", "loss"),
        ("losses/approx_kl", "KL"),
        ("losses/entropy", "entropy"),
    ];

    private volatile IReadOnlyDictionary<string, double>? _metrics; // of the latest update; null where several runs have too many
    private int _started;

    /// <summary>Options of the only run, so that this tells about it.</summary>
    /// <param name="options">The run's.</param>
    public TrainingOptions Tell(TrainingOptions options) =>
        Tell(options, of: "") with
        {
            OnStart = start => WriteLines([RunHeader.Title(start), RunHeader.Folder(start), .. RunHeader.Parts(start)]),
            OnUpdate = update => _metrics = update.Metrics,
        };

    /// <summary>Options of one of several runs that differ in their seeds alone, so that this tells about it.</summary>
    /// <param name="options">The run's.</param>
    /// <param name="seed">Its seed, which its lines begin with.</param>
    public TrainingOptions Tell(TrainingOptions options, ulong seed) =>
        Tell(options, of: $"seed {seed}: ") with
        {
            OnStart = start =>
            {
                if (Interlocked.Increment(ref _started) == 1)
                {
                    WriteLines([.. RunHeader.Parts(start)]); // which all have in common
                }
                WriteLines([$"{RunHeader.Title(start)}, in {NextCommand.Relative(start.RunFolder)}"]);
            },
        };

    /// <inheritdoc/>
    protected override TimeSpan Elapsed(TrainingProgress value) => value.Elapsed;

    /// <inheritdoc/>
    protected override double Share(TrainingProgress value) => (double)value.EnvironmentSteps / value.TotalSteps;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Describe(TrainingProgress value)
    {
        List<string> parts =
        [
            Text($"{value.EnvironmentSteps:#,0} of {value.TotalSteps:#,0} steps"),
            $"return {Known(value.RecentReturn)}",
            $"{Time(value.Remaining)} left",
            Text($"{value.StepsPerSecond:#,0} steps/s"),
        ];
        if (_metrics is { } metrics)
        {
            parts.AddRange(
                from loss in Losses
                where metrics.ContainsKey(loss.Tag)
                select $"{loss.Name} {Short(metrics[loss.Tag])}"
            );
        }
        return parts;
    }

    private TrainingOptions Tell(TrainingOptions options, string of) =>
        options with
        {
            OnEvaluation = evaluation =>
            {
                if (!evaluation.IsFinal) // which the command prints as its result
                {
                    WriteLine(of + Describe(evaluation));
                }
            },
            Warn = line => WriteLine($"warning: {of}{ForeignText.Line(line)}"),
        };

    private void WriteLines(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            WriteLine(line);
        }
    }

    private static string Describe(TrainingEvaluation evaluation) =>
        Text(
            $"Evaluation after {evaluation.Progress.EnvironmentSteps:#,0} steps: mean return {Known(evaluation.Result.MeanReturn)}"
        )
        + $" (95 % interval {Known(evaluation.Result.Ci95Low)} to {Known(evaluation.Result.Ci95High)}, {evaluation.Result.Episodes} episodes)"
        + (evaluation.IsBest ? ", the best so far." : ".");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Short(double number) => number.ToString("G3", CultureInfo.InvariantCulture);
}

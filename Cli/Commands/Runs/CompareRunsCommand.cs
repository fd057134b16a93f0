using System.CommandLine;
using Agents.Yaml;
using Cli.Options;
using Cli.Output;
using Protos.Foreign;
using Studies.Comparison;

namespace Cli.Commands.Runs;

/// <summary><c>agents compare</c>.</summary>
internal sealed class CompareRunsCommand(TextWriter output, TextWriter error)
{
    private readonly Argument<string[]> _runs = new("runs")
    {
        Description = "Run folders, or folders above them. The algorithm of the first one is what the others are compared with.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string> _score = new("--score")
    {
        Description =
            "Score of a run: evaluation, the mean return of the evaluation after training, or training, that of the last 100 training episodes.",
        DefaultValueFactory = _ => "evaluation",
    };
    private readonly Option<string> _by = new("--by")
    {
        Description = "What is one algorithm: runs of the same settings, or all runs of an agent.",
        DefaultValueFactory = _ => "settings",
    };
    private readonly Option<string?> _baseline = new("--baseline")
    {
        Description = "Label of the algorithm that the others are compared with. Default: the first.",
    };
    private readonly Option<string?> _threshold = new("--threshold")
    {
        Description =
            "Return to reach, on every task, for frames and CPU-seconds. Default: where the environment counts as solved.",
    };
    private readonly Option<string?> _reference = new("--reference")
    {
        Description =
            "YAML of the returns that count as 0 and 1, a line for each task: 'CartPole-v1: { random: 22.3, reference: 475 }'. Default: what the environments tell.",
    };
    private readonly Option<string> _file = new("--out")
    {
        Description = "Picture of the performance profiles, .png or .svg.",
        DefaultValueFactory = _ => "compare.png",
    };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new CompareRunsCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "compare",
            """
            Compares algorithms by their runs: mean, interquartile mean (IQM), intervals, probability of improvement, frames and CPU-seconds to a
            threshold, and performance profiles as a picture.

            Runs that differ only in their seed are one algorithm. Intervals are of 95 %, by stratified bootstrap; fewer than 3 runs have none, and
            those of 3 or 4 are too short. Several tasks are compared by normalised scores.

            Examples:
              agents compare runs/CartPole-v1/ppo runs/CartPole-v1/a2c
              agents compare runs --by agent --baseline ppo --reference returns.yaml --out profiles.svg
              agents compare runs/CartPole-v1 --score training --threshold 400 --json
            """
        )
        {
            _runs,
            _score,
            _by,
            _baseline,
            _threshold,
            _reference,
            _file,
            _json,
        };
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        string picture = parsed.GetValue(_file)!;
        PictureOption.Require("--out", picture);
        var options = new ComparisonOptions
        {
            Paths = parsed.GetValue(_runs)!,
            Score = parsed.GetValue(_score) switch
            {
                "evaluation" => ScoreKind.Evaluation,
                "training" => ScoreKind.Training,
                var other => throw new SettingsException($"--score is '{other}', but must be evaluation or training."),
            },
            ByAgent = parsed.GetValue(_by) switch
            {
                "settings" => false,
                "agent" => true,
                var other => throw new SettingsException($"--by is '{other}', but must be settings or agent."),
            },
            Baseline = parsed.GetValue(_baseline),
            Threshold = parsed.GetValue(_threshold) is { } text
                ? Numbers.ParseReal("--threshold", text, double.MinValue, double.MaxValue)
                : null,
            ReferenceFile = parsed.GetValue(_reference),
        };
        ComparisonReport report = RunComparer.Compare(options);
        ProfilePlot.Save(picture, report);
        foreach (IGrouping<string, LeftOutRun> runs in report.LeftOut.GroupBy(run => run.Reason))
        {
            string folders = string.Join(", ", runs.Select(run => NextCommand.Relative(run.Folder)));
            error.WriteLine("left out: " + ForeignText.Line($"{folders}: {runs.Key}"));
        }
        if (parsed.GetValue(_json))
        {
            output.WriteLine(ComparisonJson.Write(report, picture).ToJsonString());
            return;
        }
        ComparisonTables.Print(output, report);
        output.WriteLine($"Performance profile: {picture}");
    }
}

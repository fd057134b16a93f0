using System.CommandLine;
using Agents.Yaml;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Studies;
using Studies.Execution;
using Studies.Results;
using Studies.Search;
using YamlDotNet.RepresentationModel;

namespace Cli.Commands.Runs;

/// <summary><c>agents sweep</c> and <c>agents population</c>.</summary>
internal sealed class SweepCommand
{
    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly bool _isPopulation;
    private readonly Argument<string> _file = new("file") { Description = "YAML file of the study; see docs/studies.md." };
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "One key of the file, key=value, such as seeds=5 or random.candidates=50; may be repeated.",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly StudyRunOptions _study = new();
    private readonly Option<bool> _json = JsonOption.Create();

    private SweepCommand(TextWriter output, TextWriter error, bool isPopulation)
    {
        _output = output;
        _error = error;
        _isPopulation = isPopulation;
    }

    /// <summary><c>agents sweep</c>.</summary>
    public static Command CreateSweep(TextWriter output, TextWriter error) =>
        new SweepCommand(output, error, isPopulation: false).Build(
            "sweep",
            """
            Searches for good settings: trains many candidates, stops poor ones where the method does, and writes the best settings as YAML for train.

            Methods: grid, random, tpe (draws where good settings were), halving (asynchronous successive halving).
            Ctrl-C saves; the same command goes on: what was trained is taken as it is. A study that was killed goes on, too.

            Examples:
              agents sweep sweep.yaml
              agents sweep sweep.yaml --jobs 8 --isolation process
              agents sweep sweep.yaml --set method=halving seeds=3 --out runs/studies/halving
              agents train CartPole-v1 --set ppo.learning_rate=1e-4,3e-4,1e-3     (a grid without a file)
            """
        );

    /// <summary><c>agents population</c>.</summary>
    public static Command CreatePopulation(TextWriter output, TextWriter error) =>
        new SweepCommand(output, error, isPopulation: true).Build(
            "population",
            """
            Trains a population: members train side by side, copy better ones with all that they have learned, and change what they copied.

            Ctrl-C saves; the same command goes on. Who copied whom is in lineage.csv and lineage.png, the best member's values over time in schedule.csv.

            Examples:
              agents population population.yaml
              agents population population.yaml --set population.members=16 --jobs 8
            """
        );

    private Command Build(string name, string description)
    {
        var command = new Command(name, description) { _file, _set, _json };
        _study.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string file = parsed.GetValue(_file)!;
        StudySettings settings = Settings(file, parsed.GetValue(_set) ?? []);
        var reporter = new StudyReporter(_error);
        StudyResult result = await reporter
            .ShowAsync(() => Study.RunAsync(settings, file, _study.Read(parsed, file, reporter, _error), cancellationToken))
            .ConfigureAwait(false);
        StudyTable.Print(_output, _error, result, parsed.GetValue(_json), _study.NextWords(parsed));
        return ExitCodes.Done;
    }

    private StudySettings Settings(string file, string[] assignments)
    {
        YamlMappingNode root = StudySettings.ReadFile(file);
        foreach (string assignment in assignments)
        {
            StrictYaml.Assign(root, assignment);
        }
        if (_isPopulation && !root.Children.ContainsKey("method"))
        {
            root.Children["method"] = new PopulationSettings().Name;
        }
        var settings = StrictYaml.Bind<StudySettings>(root, file);
        return settings.Method.IsPopulation == _isPopulation
            ? settings
            : throw new SettingsException(
                $"{file}: the method is {settings.Method.Name}. Start it with 'agents {(_isPopulation ? "sweep" : "population")}', or change the method."
            );
    }
}

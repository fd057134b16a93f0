using System.CommandLine;
using Agents.Yaml;
using Cli.Processes;
using Learners.Training;
using Protos.Foreign;
using Studies.Cluster.Driving;
using Studies.Execution;
using Studies.Legs;

namespace Cli.Options;

/// <summary>The options that say where the trials of a study train.</summary>
internal sealed class StudyRunOptions
{
    private readonly Option<string?> _folder = new("--out")
    {
        Description = "Folder of journal, trials and results; the same folder goes on. Default: runs/studies/<name of the file>.",
    };
    private readonly Option<string?> _jobs = new("--jobs")
    {
        Description =
            "Trials at a time on this machine, each on one thread. Default: one for each processor. Workers of a cluster say their own.",
    };
    private readonly Option<string> _isolation = new("--isolation")
    {
        Description =
            "thread (default) trains all in this process, which starts once; process gives each trial one of its own, so that one that crashes takes no other along.",
        DefaultValueFactory = _ => "thread",
    };
    private readonly ClusterOptionsReader _cluster = new(isRequired: false);
    private readonly RegistryOptions _registry = new();

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_folder);
        command.Add(_jobs);
        command.Add(_isolation);
        _cluster.AddTo(command);
        _registry.AddTo(command);
    }

    /// <summary>Options that the next command with what it found needs, such as the assemblies.</summary>
    public IReadOnlyList<string> NextWords(ParseResult parsed) => _registry.Words(parsed);

    /// <summary>How a study is carried out.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">File of the study, which names its folder where nothing else does.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="error">Receives warnings.</param>
    public StudyOptions Read(ParseResult parsed, string file, IProgress<StudyProgress> progress, TextWriter error)
    {
        int jobs = SeedOptions.Jobs(parsed.GetValue(_jobs));
        var training = new TrainingOptions
        {
            Registry = _registry.Registry(parsed).ForForeignIds,
            Agents = _registry.Agents(parsed),
            Warn = line => error.WriteLine("warning: " + ForeignText.Line(line)),
        };
        return new StudyOptions
        {
            Folder = parsed.GetValue(_folder) ?? Path.Combine("runs", "studies", Path.GetFileNameWithoutExtension(file)),
            Training = training,
            Progress = progress,
            CreateRunner = parsed.GetValue(_isolation) switch
            {
                _ when _cluster.Read(parsed, line => error.WriteLine(ForeignText.Line(line))) is { } cluster => folder =>
                    ClusterLegRunner.Connect(cluster, folder),
                "thread" => folder => new ThreadLegRunner(folder, jobs, training),
                "process" => folder => new ChildLegRunner(
                    folder,
                    jobs,
                    [.. OwnProgram.Command, LegCommandName, .. _registry.Words(parsed)]
                ),
                var other => throw new SettingsException($"--isolation is '{other}', but must be thread or process."),
            },
        };
    }

    /// <summary>The command of a trial's process, which nobody types.</summary>
    public const string LegCommandName = "leg";
}

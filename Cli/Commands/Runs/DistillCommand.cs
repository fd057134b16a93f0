using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Policies;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Fleet.Offline;
using Learners.Composition;
using Learners.Configuration;
using Learners.Evaluation;
using Learners.Training;
using Spectre.Console;

namespace Cli.Commands.Runs;

/// <summary><c>agents distill</c>.</summary>
internal sealed class DistillCommand(TextWriter output, TextWriter error)
{
    private readonly Argument<string> _teacher = new("teacher")
    {
        Description = "Run folder, or a policy folder such as <run>/best, of the policy that teaches.",
    };
    private readonly Option<string?> _student = new("--student")
    {
        Description =
            "YAML file of the student's network, with the keys of the section network, such as 'hidden_sizes: [32, 32]'. Default: the teacher's own.",
    };
    private readonly Option<string?> _environment = new("--environment")
    {
        Description = "Another environment with the same spaces. Default: the teacher's.",
    };
    private readonly Option<string> _agent = new("--agent")
    {
        Description = "Agent that learns: ppo (default), a2c, acktr, impala or vmpo.",
        DefaultValueFactory = _ => "ppo",
    };
    private readonly Option<string?> _method = new("--method")
    {
        Description =
            "expected_entropy_regularized (default), on_policy, n_distill or entropy_regularized; --set AGENT.auxiliary.distillation.KEY=VALUE sets the rest.",
    };
    private readonly Option<bool> _withRewards = new("--with-rewards")
    {
        Description = "Learn from the task's rewards, too, so that the student may surpass its teacher.",
    };
    private readonly Option<string?> _journal = new("--from")
    {
        Description =
            "Folder of a fleet's run whose journal was kept (fleet.keep_journal): learn from its unrolls, again and again, in place of playing. The method is on_policy then.",
    };
    private readonly Option<string?> _steps = new("--steps")
    {
        Description = "Environment steps that the student learns from. Default: a tenth of its teacher's.",
    };
    private readonly Option<string?> _seed = new("--seed")
    {
        Description = "Seed of the run; the same seed gives the same student.",
    };
    private readonly Option<string?> _folder = new("--out")
    {
        Description = "Run folder. Default: runs/<environment>/<agent>/<time>-<seed>.",
    };
    private readonly Option<string> _episodes = new("--episodes")
    {
        Description = "Episodes that teacher and student play at the end.",
        DefaultValueFactory = _ => "100",
    };
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "One setting, key=value, such as ppo.learning_rate=3e-4; may be repeated.",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly RegistryOptions _registry = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new DistillCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "distill",
            """
            Trains a student to act as a saved policy does, saves it, and compares the two.

            The student acts and its teacher tells it what to do, without the task's rewards unless --with-rewards is given. Teacher and student may
            differ in network, memory, view of the observation and normalisation.

            Examples:
              agents distill runs/CartPole-v1/ppo/20260101-120000-1 --student small.yaml
              agents distill runs/CartPole-v1/ppo/20260101-120000-1/best --steps 20000 --method on_policy
              agents distill runs/Pendulum-v1/ppo/20260101-120000-1 --student small.yaml --from runs/Pendulum-v1/ppo/20260102-120000-1
            """
        )
        {
            _teacher,
            _student,
            _environment,
            _agent,
            _method,
            _withRewards,
            _journal,
            _steps,
            _seed,
            _folder,
            _episodes,
            _set,
            _json,
        };
        _registry.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string teacherPath = parsed.GetValue(_teacher)!;
        int episodes = (int)Numbers.Parse("--episodes", parsed.GetValue(_episodes)!, 1, 100_000_000);
        TrainingSettings settings = Settings(parsed, teacherPath, parsed.GetValue(_journal));
        var reporter = new ProgressReporter(error);
        TrainingResult result = await reporter
            .ShowAsync(progress =>
            {
                var options = new TrainingOptions
                {
                    OutputFolder = parsed.GetValue(_folder),
                    Progress = progress,
                    Registry = _registry.Registry(parsed, parsed.GetValue(_environment)),
                    Agents = _registry.Agents(parsed),
                };
                return Trainer.TrainAsync(settings, JournalUnrolls.Read(reporter.Tell(options)), cancellationToken);
            })
            .ConfigureAwait(false);
        if (result.Interrupted)
        {
            TrainCommand.Print(output, error, result, parsed.GetValue(_json), "train", _registry.NextWords(parsed, []));
            return ExitCodes.Interrupted;
        }
        using SavedPolicy teacher = SavedPolicy.Load(teacherPath);
        using SavedPolicy student = SavedPolicy.Load(result.PolicyFolder);
        StudentReport report = StudentRecorder.Record(
            teacher,
            student,
            episodes,
            environment: parsed.GetValue(_environment),
            registry: _registry.Registry(parsed, parsed.GetValue(_environment)),
            cancellationToken: cancellationToken
        );
        Print(parsed, result, report);
        return ExitCodes.Done;
    }

    private TrainingSettings Settings(ParseResult parsed, string teacher, string? journal)
    {
        string agent = parsed.GetValue(_agent)!;
        string key = $"{agent}.auxiliary.distillation";
        List<string> assignments = [];
        Add("total_steps", parsed.GetValue(_steps));
        Add("seed", parsed.GetValue(_seed));
        Add($"{key}.reward_weight", parsed.GetValue(_withRewards) ? "1" : null);
        Add($"{key}.method", parsed.GetValue(_method) ?? (journal is null ? null : "on_policy"));
        assignments.AddRange(parsed.GetValue(_set) ?? []);
        if (journal is not null)
        {
            assignments.AddRange(JournalUnrolls.SettingsFor(journal, agent, _registry.Agents(parsed)));
        }
        return StudentSettings.For(
            teacher,
            parsed.GetValue(_student),
            parsed.GetValue(_environment),
            agent,
            assignments,
            _registry.Agents(parsed)
        );

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                assignments.Add($"{name}={value}");
            }
        }
    }

    private void Print(ParseResult parsed, TrainingResult result, StudentReport report)
    {
        if (parsed.GetValue(_json))
        {
            output.WriteLine(
                new JsonObject
                {
                    ["policy"] = result.PolicyFolder,
                    ["environment_steps"] = result.EnvironmentSteps,
                    ["teacher"] = Node(report.Teacher, report.TeacherParameters, report.TeacherMicroseconds),
                    ["student"] = Node(report.Student, report.StudentParameters, report.StudentMicroseconds),
                    ["divergence"] = report.Divergence,
                    ["agreement"] = report.Agreement,
                }.ToJsonString()
            );
            return;
        }
        DiagnosticWriter.Try(() =>
        {
            Table table = Tables.Create($"Of {report.Student.Episodes} episodes each", "teacher", "student");
            table.AddRow("mean return", Tables.Number(report.Teacher.MeanReturn), Tables.Number(report.Student.MeanReturn));
            table.AddRow("95 % interval", Interval(report.Teacher), Interval(report.Student));
            table.AddRow("parameters", Tables.Number(report.TeacherParameters), Tables.Number(report.StudentParameters));
            table.AddRow(
                "microseconds an action",
                Tables.Number(report.TeacherMicroseconds),
                Tables.Number(report.StudentMicroseconds)
            );
            table.AddRow("KL(teacher ‖ student)", "", Tables.Number(report.Divergence));
            if (report.Agreement is { } agreement)
            {
                table.AddRow("same action most probable", "", Tables.Number(agreement));
            }
            table.AddRow("environment steps", "", Tables.Number(result.EnvironmentSteps));
            Tables.Print(output, table);
            output.WriteLine($"Student: {NextCommand.Relative(result.PolicyFolder)}");
        });
    }

    private static string Interval(EvaluationResult result) =>
        $"{Tables.Number(result.Ci95Low)} to {Tables.Number(result.Ci95High)}";

    private static JsonObject Node(EvaluationResult result, int parameters, double microseconds)
    {
        JsonObject node = RunSummary.ToNode(result);
        node["parameters"] = parameters;
        node["microseconds"] = microseconds;
        return node;
    }
}

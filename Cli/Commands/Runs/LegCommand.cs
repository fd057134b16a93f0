using System.CommandLine;
using Cli.Options;
using Learners.Training;
using Protos.Foreign;
using Studies.Legs;

namespace Cli.Commands.Runs;

/// <summary><c>agents leg</c>: a trial of a study in a process of its own. Studies start it; it reads its order from the input.</summary>
internal sealed class LegCommand(TextWriter output, TextWriter error)
{
    private readonly Option<string> _folder = new("--folder") { Description = "The study's folder.", Required = true };
    private readonly RegistryOptions _registry = new();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new LegCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(StudyRunOptions.LegCommandName, "Trains a trial of a study; studies start it.") { _folder };
        command.Hidden = true;
        _registry.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                Console.SetOut(error); // what an environment prints is no message
                return ChildLeg.RunAsync(
                    parsed.GetValue(_folder)!,
                    new TrainingOptions
                    {
                        Registry = _registry.Registry(parsed).ForForeignIds,
                        Agents = _registry.Agents(parsed),
                        Warn = line => error.WriteLine("warning: " + ForeignText.Line(line)),
                    },
                    Console.In,
                    output,
                    error,
                    cancellationToken
                );
            }
        );
        return command;
    }
}

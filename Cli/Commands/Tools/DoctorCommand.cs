using System.CommandLine;
using System.Text.Json.Nodes;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Spectre.Console;

namespace Cli.Commands.Tools;

/// <summary><c>agents doctor</c>.</summary>
internal sealed class DoctorCommand(TextWriter output)
{
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new DoctorCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "doctor",
            """
            Shows what this machine has: versions, processor, libraries, Python, fonts and ports. Paste it into bug reports: it holds no secrets.

            Nothing that is missing stops the rest; the last column says what it is needed for and how to get it.

            Examples:
              agents doctor
              agents doctor --json
            """
        )
        {
            _json,
        };
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        IReadOnlyList<Finding> findings = MachineFindings.All();
        if (parsed.GetValue(_json))
        {
            var document = new JsonObject();
            foreach (Finding finding in findings)
            {
                document[finding.Name] = new JsonObject
                {
                    ["found"] = finding.Found,
                    ["is_there"] = finding.IsThere,
                    ["cure"] = finding.Cure,
                };
            }
            output.WriteLine(document.ToJsonString());
            return;
        }
        Table table = Tables.Create("", "found", "if it is missing");
        foreach (Finding finding in findings)
        {
            table.AddRow(finding.Name, Tables.Foreign(finding.Found), finding.IsThere ? "" : Markup.Escape(finding.Cure));
        }
        Tables.Print(output, table);
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Cli.Options;
using Cli.Output;
using Studies.Cards;

namespace Cli.Commands.Runs;

/// <summary><c>agents card</c>.</summary>
internal sealed class CardCommand(TextWriter output)
{
    private readonly Argument<string> _path = new("run")
    {
        Description = "Run folder, a policy folder such as <run>/best, a discovery, or one of its skills.",
    };
    private readonly Option<string> _file = new("--out")
    {
        Description = "File of the card, .md; its pictures are written beside it.",
        DefaultValueFactory = _ => "CARD.md",
    };
    private readonly RegistryOptions _registry = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new CardCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "card",
            """
            Writes a model card: what a policy was trained on and with, what it scored, what it must be given, and its hashes, in Markdown,
            with its learning curve and a picture of its environment. A policy folder tells less than a run, and its card says so.

            Examples:
              agents card runs/CartPole-v1/ppo/20260101-120000-1
              agents card runs/CartPole-v1/ppo/20260101-120000-1/best --out cards/cartpole.md
            """
        )
        {
            _path,
            _file,
            _json,
        };
        _registry.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        IReadOnlyList<string> files = ModelCard.Write(
            parsed.GetValue(_path)!,
            parsed.GetValue(_file)!,
            _registry.Registry(parsed),
            _registry.Agents(parsed)
        );
        if (parsed.GetValue(_json))
        {
            output.WriteLine(
                new JsonObject
                {
                    ["card"] = files[0],
                    ["pictures"] = new JsonArray([.. files.Skip(1).Select(file => (JsonNode)file)]),
                }.ToJsonString()
            );
            return;
        }
        foreach (string file in files)
        {
            output.WriteLine(NextCommand.Relative(file));
        }
    }
}

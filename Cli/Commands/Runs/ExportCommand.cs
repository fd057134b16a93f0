using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Onnx;
using Agents.Policies;
using Agents.Yaml;
using Cli.Options;
using Cli.Output;
using Protos.Foreign;
using Spectre.Console;

namespace Cli.Commands.Runs;

/// <summary><c>agents export</c>.</summary>
internal sealed class ExportCommand(TextWriter output)
{
    private const string Extension = ".onnx";

    private readonly Argument<string> _path = new("policy")
    {
        Description = "Run folder, or a policy folder such as <run>/best.",
    };
    private readonly Option<string> _file = new("--out")
    {
        Description = "File to write; an existing one is replaced.",
        DefaultValueFactory = _ => "policy" + Extension,
    };
    private readonly Option<bool> _sampled = new("--sampled")
    {
        Description = "Draw actions as in training, by an input of noise, instead of taking the most probable one.",
    };
    private readonly Option<bool> _distribution = new("--distribution")
    {
        Description = "Give the logits, too, or the means and logarithms of deviations of continuous actions.",
    };
    private readonly Option<bool> _value = new("--value") { Description = "Give the value of the observation, too." };
    private readonly Option<bool> _mixture = new("--mixture")
    {
        Description = "Export all policies of a curriculum together, mixed as they last were, instead of the last one alone.",
    };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new ExportCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "export",
            """
            Writes a saved policy as an ONNX model, which ONNX Runtime and others run without this program.

            The model is one step of acting: it takes observations as the environment gives them, normalises them, advances the memory, and gives actions
            as the environment takes them. What the caller has to do is printed, and stands in the file.

            Examples:
              agents export runs/CartPole-v1/ppo/20260101-120000-1
              agents export runs/Pendulum-v1/ppo/20260101-120000-1/best --out pendulum.onnx --sampled --value
            """
        )
        {
            _path,
            _file,
            _sampled,
            _distribution,
            _value,
            _mixture,
            _json,
        };
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        string file = parsed.GetValue(_file)!;
        if (!Path.GetExtension(file).Equals(Extension, StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingsException(
                $"--out is '{ForeignText.Show(file)}', and a model is written. Name a file that ends in {Extension}."
            );
        }
        using SavedPolicy policy = SavedPolicy.Load(parsed.GetValue(_path)!);
        bool isMixture = policy.Network.Mixture is not null;
        if (!isMixture && parsed.GetValue(_mixture))
        {
            throw new SettingsException("--mixture is for policies of a curriculum, and this one stands alone. Leave it out.");
        }
        using SavedPolicy? last = isMixture && !parsed.GetValue(_mixture) ? policy.LastOfMixture() : null;
        OnnxModel model = OnnxExporter.Export(
            last ?? policy,
            new OnnxExportOptions
            {
                Sampled = parsed.GetValue(_sampled),
                Distribution = parsed.GetValue(_distribution),
                Value = parsed.GetValue(_value),
            }
        );
        model.Save(file);
        if (parsed.GetValue(_json))
        {
            PrintJson(file, model);
            return;
        }
        if (last is not null)
        {
            output.WriteLine("The last policy of a curriculum is exported; --mixture exports all of them together.");
        }
        PrintTensors("Input", model.Inputs);
        PrintTensors("Output", model.Outputs);
        foreach (string instruction in model.Instructions)
        {
            output.WriteLine($"- {ForeignText.Line(instruction)}");
        }
        output.WriteLine($"{file}: {Tables.Number(model.SizeInBytes)} bytes");
    }

    private void PrintTensors(string title, IReadOnlyList<OnnxTensor> tensors)
    {
        Table table = Tables.Create(title, "Type", "Meaning");
        foreach (OnnxTensor tensor in tensors)
        {
            table.AddRow(Tables.Foreign(tensor.Name), Tables.Foreign(tensor.Type), Tables.Foreign(tensor.Meaning));
        }
        Tables.Print(output, table);
    }

    private void PrintJson(string file, OnnxModel model)
    {
        var metadata = new JsonObject();
        foreach ((string key, string value) in model.Metadata)
        {
            metadata[key] = value;
        }
        output.WriteLine(
            new JsonObject
            {
                ["file"] = Path.GetFullPath(file),
                ["bytes"] = model.SizeInBytes,
                ["inputs"] = new JsonArray([.. model.Inputs.Select(ToJson)]),
                ["outputs"] = new JsonArray([.. model.Outputs.Select(ToJson)]),
                ["instructions"] = new JsonArray([.. model.Instructions.Select(text => (JsonNode)text)]),
                ["metadata"] = metadata,
            }.ToJsonString()
        );
    }

    private static JsonNode ToJson(OnnxTensor tensor) =>
        new JsonObject
        {
            ["name"] = tensor.Name,
            ["element_type"] = tensor.ElementType,
            ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
            ["meaning"] = tensor.Meaning,
        };
}

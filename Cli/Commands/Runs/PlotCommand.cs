using System.CommandLine;
using System.Text.Json.Nodes;
using Cli.Options;
using Protos.Foreign;
using Studies.Plotting;

namespace Cli.Commands.Runs;

/// <summary><c>agents plot</c>.</summary>
internal sealed class PlotCommand(TextWriter output)
{
    private readonly Argument<string[]> _runs = new("runs")
    {
        Description = "Run folders, or folders above them.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string> _metric = new("--metric")
    {
        Description = "Column of metrics.csv, such as losses/entropy or eval/mean_return.",
        DefaultValueFactory = _ => RunPlotter.DefaultMetric,
    };
    private readonly Option<string> _file = new("--out")
    {
        Description = "Picture, .png or .svg; with several environments one each.",
        DefaultValueFactory = _ => "curves.png",
    };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new PlotCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "plot",
            """
            Draws curves of runs. Runs that differ only in their seed become one curve, with a bootstrap band around their mean.

            Examples:
              agents plot runs/CartPole-v1
              agents plot runs/CartPole-v1/ppo runs/CartPole-v1/a2c --metric eval/mean_return --out cartpole.svg
            """
        )
        {
            _runs,
            _metric,
            _file,
            _json,
        };
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        string path = parsed.GetValue(_file)!;
        PictureOption.Require("--out", path);
        var pictures = RunPlotter.Draw(parsed.GetValue(_runs)!, parsed.GetValue(_metric)!, path);
        if (parsed.GetValue(_json))
        {
            var nodes = pictures.Select(picture =>
                (JsonNode)
                    new JsonObject
                    {
                        ["file"] = picture.File,
                        ["environment"] = picture.Environment,
                        ["curves"] = new JsonArray([
                            .. picture.Curves.Select(curve =>
                                (JsonNode)
                                    new JsonObject
                                    {
                                        ["label"] = curve.Label,
                                        ["seeds"] = curve.Seeds,
                                        ["last_mean"] = curve.Mean[^1],
                                    }
                            ),
                        ]),
                    }
            );
            output.WriteLine(new JsonObject { ["pictures"] = new JsonArray([.. nodes]) }.ToJsonString());
            return;
        }
        foreach ((string picture, string environment, IReadOnlyList<Curve> curves) in pictures)
        {
            output.WriteLine(
                $"{picture}: {ForeignText.Show(environment)}, {string.Join("; ", curves.Select(curve => $"{ForeignText.Show(curve.Label)} ({curve.Seeds})"))}"
            );
        }
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Yaml;
using Cli.Options;
using Protos.Foreign;
using Studies.Plotting;

namespace Cli.Commands.Runs;

/// <summary><c>agents plot</c>.</summary>
internal static class PlotCommand
{
    public static Command Create(TextWriter output)
    {
        var runs = new Argument<string[]>("runs")
        {
            Description = "Run folders, or folders above them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var metric = new Option<string>("--metric")
        {
            Description = "Column of metrics.csv, such as losses/entropy or eval/mean_return.",
            DefaultValueFactory = _ => RunPlotter.DefaultMetric,
        };
        var file = new Option<string>("--out")
        {
            Description = "Picture, .png or .svg; with several environments one each.",
            DefaultValueFactory = _ => "curves.png",
        };
        Option<bool> json = JsonOption.Create();
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
            runs,
            metric,
            file,
            json,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(file)!;
            if (!CurvePlot.Formats.Contains(Path.GetExtension(path).ToLowerInvariant()))
            {
                throw new SettingsException($"--out is '{path}', but must end in {string.Join(" or ", CurvePlot.Formats)}.");
            }
            var pictures = RunPlotter.Draw(parsed.GetValue(runs)!, parsed.GetValue(metric)!, path);
            if (parsed.GetValue(json))
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
        });
        return command;
    }
}

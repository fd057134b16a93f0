using System.CommandLine;
using Agents.Yaml;
using Environments;
using Learners.Training;
using Spectre.Console;

namespace Cli.Commands;

/// <summary><c>agents train</c>.</summary>
internal static class TrainCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var environment = new Argument<string?>("environment")
        {
            Description = "Environment id, such as CartPole-v1; 'agents environments' lists all.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var agent = new Option<string?>("--agent") { Description = "Agent: ppo (default) or a2c." };
        var engine = new Option<string?>("--engine")
        {
            Description = "Who computes gradients: auto (default), managed (plain C#) or torch (TorchSharp).",
        };
        var steps = new Option<string?>("--steps") { Description = "Environment steps of the run, such as 100000 or 1e6." };
        var seed = new Option<string?>("--seed") { Description = "Seed of the run; the same seed gives the same policy." };
        var folder = new Option<string?>("--out")
        {
            Description = "Run folder. Default: runs/<environment>/<agent>/<time>-<seed>.",
        };
        var config = new Option<string?>("--config") { Description = "YAML file of settings, laid over the tuned ones." };
        var set = new Option<string[]>("--set")
        {
            Description = "One setting, key=value, such as ppo.learning_rate=3e-4; may be repeated.",
            AllowMultipleArgumentsPerToken = true,
        };
        var resume = new Option<string?>("--resume") { Description = "Run folder to continue from its newest checkpoint." };
        Option<string[]> assembly = AssemblyOption.Create();
        Option<bool> json = JsonOption.Create();
        var command = new Command(
            "train",
            """
            Trains an agent, evaluates it, and prints the scores and where the policy lies.

            Tuned settings of the environment apply by default. Ctrl-C saves a checkpoint.

            Examples:
              agents train CartPole-v1
              agents train Acrobot-v1 --agent a2c --steps 500000 --seed 3
              agents train CartPole-v1 --engine torch
              agents train Pendulum-v1 --set ppo.learning_rate=3e-4 network.hidden_sizes=[32,32]
              agents train Own/Name-v0 --assembly path/to/Own.dll
              agents train --resume runs/CartPole-v1/ppo/20260101-120000-1
            """
        )
        {
            environment,
            agent,
            engine,
            steps,
            seed,
            folder,
            config,
            set,
            resume,
            assembly,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                List<string> assignments = [.. parsed.GetValue(set) ?? []];
                if (parsed.GetValue(steps) is { } total)
                {
                    assignments.Add("total_steps=" + total);
                }
                if (parsed.GetValue(engine) is { } kind)
                {
                    assignments.Add("engine=" + kind);
                }
                if (parsed.GetValue(seed) is { } value)
                {
                    assignments.Add("seed=" + value);
                }
                string? run = parsed.GetValue(resume);
                string? id = parsed.GetValue(environment);
                string? file = parsed.GetValue(config);
                if (run is null && id is null && file is null)
                {
                    throw new SettingsException(
                        "What should be trained? Name an environment, such as 'agents train CartPole-v1'."
                    );
                }
                if (run is not null && (id ?? parsed.GetValue(agent) ?? parsed.GetValue(folder) ?? file) is not null)
                {
                    throw new SettingsException(
                        "--resume takes environment, agent and folder from the run; leave them out. --steps and --set work."
                    );
                }

                EnvironmentRegistry registry = parsed.Registry(assembly);
                TrainingResult result = await new ProgressReporter(error)
                    .ShowAsync(progress =>
                    {
                        var options = new TrainingOptions
                        {
                            OutputFolder = parsed.GetValue(folder),
                            Progress = progress,
                            Registry = registry,
                            Warn = line => error.WriteLine("warning: " + line),
                        };
                        return run is null
                            ? Trainer.TrainAsync(
                                SettingsSources.Load(id, parsed.GetValue(agent), file, assignments),
                                options,
                                cancellationToken
                            )
                            : Trainer.ResumeAsync(run, assignments, options, cancellationToken);
                    })
                    .ConfigureAwait(false);
                Print(output, error, result, parsed.GetValue(json));
                return result.Interrupted ? ExitCodes.Interrupted : ExitCodes.Done;
            }
        );
        return command;
    }

    private static void Print(TextWriter output, TextWriter error, TrainingResult result, bool json)
    {
        string run = Shell.Quote(Path.GetRelativePath(Directory.GetCurrentDirectory(), result.RunFolder));
        if (result.Interrupted)
        {
            error.WriteLine(
                $"Interrupted at step {result.EnvironmentSteps}; everything is saved. Continue with: agents train --resume {run}"
            );
        }
        if (json)
        {
            output.WriteLine(RunSummary.ToJson(result, indented: false));
            return;
        }
        if (result.Evaluation is { } evaluation)
        {
            Table table = EvaluationTable.Create(evaluation);
            table.AddRow("environment steps", Tables.Number(result.EnvironmentSteps));
            table.AddRow("updates", Tables.Number(result.Updates));
            table.AddRow("wall / CPU seconds", $"{Tables.Number(result.WallSeconds)} / {Tables.Number(result.CpuSeconds)}");
            Tables.Print(output, table);
        }
        output.WriteLine($"Policy: {Path.GetRelativePath(Directory.GetCurrentDirectory(), result.PolicyFolder)}");
        output.WriteLine($"Evaluate it with: agents evaluate {run}");
    }
}

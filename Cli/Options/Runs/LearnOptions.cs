using System.CommandLine;
using Agents.Networks.Cores;
using Agents.Yaml;
using Learners.Supervised;
using Protos.Foreign;

namespace Cli.Options;

/// <summary>The options that say what a supervised run learns.</summary>
internal sealed class LearnOptions
{
    private readonly Argument<string?> _task = new("task")
    {
        Description = $"Task: {string.Join(", ", SupervisedTasks.All.Select(task => task.Name))}.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _core = new("--core")
    {
        Description =
            $"Memory: {string.Join(", ", MemoryCores.All.Select(core => core.Name))}; its sizes are settings. Default: as the task has it.",
    };

    private readonly Option<string?> _engine = new("--engine")
    {
        Description = "Who computes gradients: auto (default), managed (plain C#) or torch (TorchSharp).",
    };

    private readonly Option<string?> _updates = new("--updates", "--steps")
    {
        Description = "Optimiser steps of the run, such as 2000 or 1e5.",
    };

    private readonly Option<string?> _batchSize = new("--batch-size") { Description = "Sequences or streams of a batch." };

    private readonly Option<string?> _seed = new("--seed")
    {
        Description = "Seed of data and parameters; the same seed gives the same network.",
    };

    private readonly Option<string?> _folder = new("--out")
    {
        Description = "Run folder. Default: runs/<task>/<core>/<time>-<seed>.",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "YAML file of settings, laid over those of the task.",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "One setting, key=value, such as learning_rate=3e-4 or copy.length=10; may be repeated.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Run folder to continue from its newest checkpoint.",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_task);
        command.Add(_core);
        command.Add(_engine);
        command.Add(_updates);
        command.Add(_batchSize);
        command.Add(_seed);
        command.Add(_folder);
        command.Add(_config);
        command.Add(_set);
        command.Add(_resume);
    }

    /// <summary>The run to continue; null for a new one.</summary>
    /// <exception cref="SettingsException">Nothing says what is learned, or too much does.</exception>
    public string? Resumed(ParseResult parsed)
    {
        string? run = parsed.GetValue(_resume);
        if (run is not null)
        {
            RequireNothingNew(parsed, "--resume");
        }
        else
        {
            RequireTask(parsed);
        }
        return run;
    }

    /// <summary>Checks that nothing but single settings is asked of a run that is there.</summary>
    /// <exception cref="SettingsException">Something is.</exception>
    public void RequireNothingNew(ParseResult parsed, string option)
    {
        string?[] given = [parsed.GetValue(_task), parsed.GetValue(_core), parsed.GetValue(_folder), parsed.GetValue(_config)];
        if (given.Any(value => value is not null))
        {
            throw new SettingsException(
                $"{option} takes task, core and folder from the run; leave them out. --updates and --set work."
            );
        }
    }

    /// <summary>Settings of a new run.</summary>
    public SupervisedSettings Settings(ParseResult parsed)
    {
        RequireTask(parsed);
        return SupervisedSources.Load(parsed.GetValue(_task), parsed.GetValue(_config), Assignments(parsed));
    }

    /// <summary>Where the run writes and whom it tells.</summary>
    public SupervisedOptions Told(ParseResult parsed, IProgress<SupervisedProgress> progress, TextWriter error) =>
        new()
        {
            OutputFolder = parsed.GetValue(_folder),
            Progress = progress,
            Warn = line => error.WriteLine("warning: " + ForeignText.Line(line)),
        };

    /// <summary>Single values, <c>key=value</c>.</summary>
    public List<string> Assignments(ParseResult parsed)
    {
        List<string> assignments = [.. parsed.GetValue(_set) ?? []];
        Add("updates", parsed.GetValue(_updates));
        Add("batch_size", parsed.GetValue(_batchSize));
        Add("network.core", parsed.GetValue(_core));
        Add("engine", parsed.GetValue(_engine));
        Add("seed", parsed.GetValue(_seed));
        return assignments;

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                assignments.Add($"{key}={value}");
            }
        }
    }

    private void RequireTask(ParseResult parsed)
    {
        if (parsed.GetValue(_task) is null && parsed.GetValue(_config) is null)
        {
            throw new SettingsException("What should be learned? Name a task, such as copy; --list shows all.");
        }
    }
}

using System.CommandLine;
using Agents.Yaml;

namespace Cli.Options;

/// <summary>The options that train several seeds at once.</summary>
internal sealed class SeedOptions
{
    private const int Most = 1_000;

    private readonly Option<string?> _seeds = new("--seeds")
    {
        Description =
            "Trains several seeds as threads of one process, such as 1-5 or 1,4,7-9; each has a run folder, and one table shows all.",
    };

    private readonly Option<string?> _jobs = new("--jobs")
    {
        Description = "How many seeds are trained at once. Default: one for each processor.",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_seeds);
        command.Add(_jobs);
    }

    /// <summary>The seeds; null where none were given.</summary>
    /// <exception cref="SettingsException">They cannot be read, or do not go with another option.</exception>
    /// <param name="parsed">The command line.</param>
    /// <param name="isSweep">Whether several settings are trained, so that --jobs says something without --seeds.</param>
    public IReadOnlyList<ulong>? Read(ParseResult parsed, bool isSweep = false)
    {
        if (parsed.GetValue(_seeds) is not { } text)
        {
            return parsed.GetValue(_jobs) is null || isSweep
                ? null
                : throw new SettingsException(
                    "--jobs says how many of several seeds run at once; give the seeds with --seeds, such as --seeds 1-5."
                );
        }
        foreach (string other in (string[])["--seed", "--resume"])
        {
            if (parsed.GetResult(other) is System.CommandLine.Parsing.OptionResult { Implicit: false })
            {
                throw new SettingsException($"--seeds does not go with {other}. Leave one of them out.");
            }
        }
        return Parse(text);
    }

    /// <summary>Seeds at once.</summary>
    /// <exception cref="SettingsException">It is no such number.</exception>
    public int Jobs(ParseResult parsed) => Jobs(parsed.GetValue(_jobs));

    /// <summary>Runs at once, from the text of <c>--jobs</c>; one for each processor where there is none.</summary>
    /// <exception cref="SettingsException">It is no such number.</exception>
    public static int Jobs(string? text) =>
        text is null ? Environment.ProcessorCount : (int)Numbers.Parse("--jobs", text, 1, Most);

    internal static IReadOnlyList<ulong> Parse(string text)
    {
        var seeds = new List<ulong>();
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2)
            {
                throw new SettingsException($"--seeds is '{text}', but must be numbers and ranges, such as 1-5 or 1,4,7-9.");
            }
            ulong first = Numbers.Parse("--seeds", ends[0].Trim(), 0, ulong.MaxValue);
            ulong last = ends.Length == 1 ? first : Numbers.Parse("--seeds", ends[1].Trim(), 0, ulong.MaxValue);
            if (last < first)
            {
                throw new SettingsException($"--seeds is '{text}', but a range goes up. Write {last}-{first}.");
            }
            if (last - first >= Most || seeds.Count + (int)(last - first) >= Most)
            {
                throw new SettingsException($"--seeds '{text}' are more than {Most} seeds. Train them in several turns.");
            }
            for (ulong i = 0; i <= last - first; i++)
            {
                seeds.Add(first + i);
            }
        }
        return seeds.GroupBy(seed => seed).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new SettingsException($"--seeds '{text}' names seed {twice.Key} twice, which would train the same policy.")
            : seeds;
    }
}

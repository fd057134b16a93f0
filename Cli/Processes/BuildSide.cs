using System.Diagnostics;
using Agents.Yaml;
using Environments.Processes;

namespace Cli.Processes;

/// <summary>One side of a comparison of builds: a program, variables of its environment, and options that its commands end with.</summary>
internal sealed class BuildSide
{
    private const string Program = "agents-cli.dll";
    private static readonly string[] Places = ["", "Cli/bin/agents-Release", "Cli/bin/Release/net10.0"];
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    private readonly string[] _program;
    private readonly List<(string Name, string Value)> _variables = [];
    private readonly List<string> _options = [];

    /// <summary>A side as it is given.</summary>
    /// <param name="text">Words: <c>.</c> for this program, or the folder of a build or checkout; then variables, <c>NAME=value</c>; then options.</param>
    /// <exception cref="SettingsException">There is no program, or a word is none of these.</exception>
    public BuildSide(string text)
    {
        Text = text;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string build = words is [var first, ..]
            ? first
            : throw new SettingsException("A side begins with a build; '.' is this one.");
        _program = build == "." ? [.. OwnProgram.Command] : [OwnProgram.Command[0], Find(build)];
        foreach (string word in words.Skip(1))
        {
            if (_options.Count == 0 && IsVariable(word))
            {
                int equals = word.IndexOf('=', StringComparison.Ordinal);
                _variables.Add((word[..equals], word[(equals + 1)..]));
            }
            else if (_options.Count > 0 || word.StartsWith('-'))
            {
                _options.Add(word);
            }
            else
            {
                throw new SettingsException(
                    $"'{word}' of the side '{text}' is no variable, such as DOTNET_TieredPGO=1, and no option. A side is a build, variables and options, in this order."
                );
            }
        }
    }

    /// <summary>The side as it was given.</summary>
    public string Text { get; }

    /// <summary>Runs a command of this side in an empty folder.</summary>
    /// <returns>What it printed, and the processor seconds of it and all that it waited for.</returns>
    /// <exception cref="IOException">It failed, or ran for more than an hour.</exception>
    public (string Output, double CpuSeconds) Run(IReadOnlyList<string> arguments)
    {
        string folder = Directory.CreateTempSubdirectory("agents-compare-").FullName;
        try
        {
            var start = new ProcessStartInfo(_program[0], [.. _program.Skip(1), .. arguments, .. _options])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder,
            };
            foreach ((string name, string value) in _variables)
            {
                start.Environment[name] = value;
            }
            double before = ChildProcesses.CpuSeconds;
            using Process process = Process.Start(start)!;
            (string Output, string Errors) said =
                ChildProcess.Finish(process, Limit)
                ?? throw new IOException(
                    $"'{string.Join(' ', arguments)}' of '{Text}' did not end within an hour and was stopped."
                );
            return process.ExitCode == 0
                ? (said.Output, ChildProcesses.CpuSeconds - before)
                : throw new IOException(
                    $"'{string.Join(' ', arguments)}' of '{Text}' failed with exit code {process.ExitCode}: {said.Errors.ReplaceLineEndings(" ").Trim()}"
                );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsVariable(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && word[..equals].All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
    }

    private static string Find(string build)
    {
        foreach (string place in Places)
        {
            string path = Path.GetFullPath(Path.Combine(build, place, Program));
            if (File.Exists(path))
            {
                return path;
            }
        }
        return File.Exists(build) && Path.GetFileName(build) == Program
            ? Path.GetFullPath(build)
            : throw new SettingsException(
                $"There is no build in '{build}'. Name a folder that holds {Program}, or a checkout in which './agents list' has run; '.' is this build."
            );
    }
}

using System.Diagnostics;
using System.Text.Json;
using Cli;
using Environments.Processes;
using Studies.Execution;
using Tests.Waits;
using Xunit;

namespace Tests.CliTests;

/// <summary><c>agents sweep</c>, <c>agents population</c>, and <c>agents train</c> with several values.</summary>
public sealed class SweepCommandTests : IDisposable
{
    private const string Sweep = """
        environment: CartPole-v1
        agent: a2c
        total_steps: 1_000
        evaluation_episodes: 3
        space: { a2c.learning_rate: [1e-3, 1e-2] }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sweep_OfAFile_PrintsTheTableAndTheBest()
    {
        (int code, string output, string error) = await Run("sweep", Write(Sweep), "--out", _folder.In("s"), "--set", "seeds=2");

        Assert.True(code == 0, error);
        Assert.Contains("score, mean of 2 seeds", output, StringComparison.Ordinal);
        Assert.Contains("Best: candidate", output, StringComparison.Ordinal);
        Assert.Contains("train --config", output, StringComparison.Ordinal);

        (code, string json, error) = await Run("sweep", Write(Sweep), "--out", _folder.In("s"), "--set", "seeds=2", "--json");
        Assert.True(code == 0, error);
        JsonElement root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(4, root.GetProperty("legs").GetInt32());
        Assert.Equal(0, root.GetProperty("failed").GetInt32());

        (code, _, error) = await Run(
            "train",
            "--config",
            root.GetProperty("best").GetString()!,
            "--out",
            _folder.In("t"),
            "--steps",
            "500"
        );
        Assert.True(code == 0, error);
    }

    [Fact]
    public async Task Train_SeveralValues_IsAGrid()
    {
        string[] words =
        [
            "train",
            "CartPole-v1",
            "--agent",
            "a2c",
            "--steps",
            "600",
            "--set",
            "a2c.learning_rate=1e-3,1e-2",
            "network.hidden_sizes=[8],[8,8]",
            "a2c.copies=4",
            "--seeds",
            "3-4",
            "--out",
            _folder.In("s"),
            "--json",
        ];
        (int code, string output, string error) = await Run(words);

        Assert.True(code == 0, error);
        Assert.Equal(8, JsonDocument.Parse(output).RootElement.GetProperty("legs").GetInt32());
        string[] table = File.ReadAllLines(_folder.In("s", "table.csv"));
        Assert.Equal("candidate,a2c.learning_rate,network.hidden_sizes,steps,score,seed_3,seed_4,failure,cpu_seconds", table[0]);
        Assert.StartsWith("1,1e-3,\"[8, 8]\",600,", table[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Did you mean 'ppo.learning_rate'?", "train", "CartPole-v1", "--set", "ppo.learnig_rate=1e-3,1e-2")]
    [InlineData("no value between two commas", "train", "CartPole-v1", "--set", "ppo.learning_rate=1e-3,")]
    [InlineData("does not go with --resume", "train", "--resume", "x", "--set", "ppo.learning_rate=1e-3,1e-2")]
    [InlineData("without gaps", "train", "CartPole-v1", "--seeds", "1,3", "--set", "ppo.learning_rate=1e-3,1e-2")]
    [InlineData("cannot be read", "sweep", "nowhere.yaml")]
    public async Task Mistakes_AreOneLine(string message, params string[] words)
    {
        (int code, _, string error) = await Run([.. words, "--out", _folder.In("s")]);

        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(_folder.In("s")));
    }

    [Theory]
    [InlineData("sweep", "method: population\npopulation: { members: 2 }\n", "agents population")]
    [InlineData("population", "method: random\n", "agents sweep")]
    [InlineData("sweep", "metod: random\n", "Did you mean 'method'?")]
    [InlineData("sweep", "method: halvin\n", "Did you mean 'halving'?")]
    [InlineData("sweep", "settings: { seed: 3 }\n", "settings.seed cannot be set or varied, since every candidate")]
    public async Task Files_ThatDoNotFit_SayWhatToDo(string command, string line, string message)
    {
        (int code, _, string error) = await Run(command, Write(Sweep + "\n" + line), "--out", _folder.In("s"));

        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_AChildThatIsKilled_IsBegunAgain()
    {
        string file = Write(Sweep.Replace("1_000", "60_000", StringComparison.Ordinal));
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "agents-cli.dll"),
                "sweep",
                file,
                "--out",
                _folder.In("s"),
                "--isolation",
                "process",
                "--jobs",
                "1",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await Deadline.UntilAsync(() =>
                Children(process.Id).Count > 0 && File.Exists(_folder.In("s", "trials", "0000-1", "config.yaml"))
            );
            ChildProcess.Signal(Children(process.Id)[0], ChildProcess.KillSignal);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();
        }
        finally
        {
            ChildProcess.Kill(process);
        }

        Assert.True(process.ExitCode == 0, await error);
        Assert.Contains("Best: candidate", await output, StringComparison.Ordinal);
        string[] journal = File.ReadAllLines(_folder.In("s", StudyJournal.FileName));
        Assert.Equal(1, journal.Count(line => line.Contains("\"lost\":0", StringComparison.Ordinal)));
        Assert.Equal(2, journal.Count(line => line.Contains("\"end\":", StringComparison.Ordinal)));
    }

    // From /proc, where there is one; elsewhere from the parent's own list.
    private static IReadOnlyList<int> Children(int parent)
    {
        string path = $"/proc/{parent}/task/{parent}/children";
        return File.Exists(path)
            ?
            [
                .. Directory
                    .EnumerateDirectories($"/proc/{parent}/task")
                    .SelectMany(task =>
                        File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    )
                    .Select(int.Parse),
            ]
            : [];
    }

    private string Write(string text)
    {
        File.WriteAllText(_folder.In("study.yaml"), text);
        return _folder.In("study.yaml");
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await Application.RunAsync(words, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}

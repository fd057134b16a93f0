using System.Text.Json;
using Cli;
using Xunit;

namespace Tests.CliTests;

/// <summary><c>agents discover</c>, and what other commands make of its folders.</summary>
public sealed class DiscoverCommandTests : IDisposable
{
    private const string Maze = """
        environment: GridWorld/OpenEndedMaze16-v0
        trainer: planned
        skills: 2
        reward: { network: { encoder: table, hidden_sizes: [] }, updates: 50 }
        samples: { copies: 16 }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Discover_AFile_GivesSkillsThatOtherCommandsTake()
    {
        string run = _folder.In("run");
        (int code, string output, string error) = await Run("discover", "--config", Write(Maze), "--out", run);
        Assert.True(code == 0, error);
        Assert.Contains("states of all", output, StringComparison.Ordinal);

        (code, string json, error) = await Run("discover", "--resume", run, "--skills", "3", "--json");
        Assert.True(code == 0, error);
        JsonElement root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(3, root.GetProperty("skills").GetInt32());
        Assert.False(root.GetProperty("interrupted").GetBoolean());
        Assert.Equal(3 * 16 * 125, root.GetProperty("env_steps").GetInt64());

        (code, output, error) = await Run("record", run);
        Assert.True(code == 0, error);
        string[] files = [.. Directory.GetFiles(Path.Combine(run, "pictures")).Select(file => Path.GetFileName(file)).Order()];
        Assert.Equal(["sheet.png", "skill-000.gif", "skill-001.gif", "skill-002.gif"], files);

        (code, json, error) = await Run("evaluate", Path.Combine(run, "skills", "002"), "--episodes", "2", "--json");
        Assert.True(code == 0, error);
        Assert.Equal(2, JsonDocument.Parse(json).RootElement.GetProperty("skill").GetProperty("skill").GetInt32());

        (code, _, error) = await Run("evaluate", run, "--episodes", "2"); // the skill that does best
        Assert.True(code == 0, error);
    }

    [Theory]
    [InlineData("names the environment that it explores")]
    [InlineData("cannot be given with --resume", "--resume", "x", "--seed", "3")]
    [InlineData("holds no discovery", "--resume", "x")]
    [InlineData("settings.seed cannot be set", "CartPole-v1", "--set", "settings.seed=3")]
    [InlineData("keep_network is false", "CartPole-v1", "--set", "keep_network=false", "guide_steps=3")]
    [InlineData("an observation of CartPole-v1 has 4", "CartPole-v1", "--set", "samples.tracks=[{ name: a, component: 4 }]")]
    [InlineData("temperature is read where skills are planned", "CartPole-v1", "--set", "temperature=0.1")]
    [InlineData("steps_per_skill is read where", "CartPole-v1", "--set", "trainer=planned", "steps_per_skill=9")]
    [InlineData("reward.weight is read where", "CartPole-v1", "--set", "trainer=planned", "reward.weight=2")]
    [InlineData("choose trainer: learned", "CartPole-v1", "--set", "trainer=planned", "settings.total_steps_=9")]
    [InlineData("does not show the states", "CartPole-v1", "--set", "trainer=planned")]
    [InlineData("Did you mean 'reward'", "CartPole-v1", "--set", "rewards.target=3")]
    public async Task Discover_WhatCannotBe_SaysWhatToDo(string expected, params string[] words)
    {
        string[] all = ["discover", .. words.Select(word => word == "x" ? _folder.In("x") : word)];
        (int code, _, string error) = await Run([
            .. all,
            .. words.Contains("--resume") ? (string[])[] : ["--out", _folder.In("o")],
        ]);

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_ADiscoveryIntoAFile_SaysThatAFolderIsNeeded()
    {
        await Run("discover", "--config", Write(Maze), "--out", _folder.In("run"));
        (int code, _, string error) = await Run("record", _folder.In("run"), "--out", "a.gif");
        Assert.Equal(2, code);
        Assert.Contains("Name a folder", error, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        File.WriteAllText(_folder.In("maze.yaml"), text);
        return _folder.In("maze.yaml");
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await Application.RunAsync(words, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}

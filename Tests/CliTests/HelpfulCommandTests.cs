using System.Text.Json;
using Agents.Networks.Cores;
using Agents.Yaml;
using Cli;
using Learners.Composition;
using Learners.Configuration;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Tests.CliTests;

/// <summary>What people read before they know the program: the overview, the settings, the machine, and answers to words of other libraries.</summary>
public sealed class HelpfulCommandTests : IDisposable
{
    private const int ScreenLines = 40;
    private const int ScreenColumns = 80;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Agents => [.. AgentRegistry.Default.Names];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--help")]
    [InlineData("-?")]
    public async Task Help_OfTheProgram_FitsAScreenAndNamesEveryCommand(string option)
    {
        (int code, string output, _) = await Run(option);

        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal(0, code);
        Assert.True(lines.Length <= ScreenLines, $"{lines.Length} lines");
        Assert.All(lines.SkipLast(1), line => Assert.True(line.TrimEnd().Length <= ScreenColumns, line));
        Assert.All(
            Application.Build(TextWriter.Null, TextWriter.Null, []).Subcommands.Where(command => !command.Hidden),
            command => Assert.Contains($"\n  {command.Name} ", output, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Help_OfACommand_StillHasItsOptions()
    {
        (_, string output, _) = await Run("train", "--help");

        Assert.Contains("--init-from", output, StringComparison.Ordinal);
    }

    /// <summary>Nothing that a run's file holds is missing, and nothing is without a word of what it means.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public void Settings_OfAnAgent_AreAllListedWithTheirMeanings(string name)
    {
        Agent agent = AgentRegistry.Default.Find(name);
        IReadOnlyList<SettingEntry> listed = SettingsCatalogue.Of(agent);
        string[] keys = [.. listed.Select(entry => entry.Key)];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal([], Leaves(StrictYaml.ToNode(new TrainingSettings { Agent = agent.Defaults }), "").Except(keys));
        Assert.All(
            MemoryCores.All.Where(core => core.Settings is not null),
            core => Assert.Contains(keys, key => key.StartsWith($"network.{core.Name}.", StringComparison.Ordinal))
        );
        Assert.Equal([], listed.Where(entry => entry.Meaning.Length == 0).Select(entry => entry.Key));
    }

    [Fact]
    public async Task Settings_Find_ShowsKeyDefaultRangeAndMeaning()
    {
        (int code, string output, _) = await Run("settings", "ppo", "--find", "clip_range");

        Assert.Equal(0, code);
        Assert.Contains("ppo.clip_range = 0.2", output, StringComparison.Ordinal);
        Assert.Contains("Takes number from 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("network.core", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_Markdown_IsThePageOfTheDocs()
    {
        // In a process of its own: other tests of this one add parts to the tables.
        (_, string output, _) = await AgentsProcess.RunAsync([], TestContext.Current.CancellationToken, "settings", "--markdown");

        string page = Path.Combine(PackageTests.PackageFeed.Repository, "docs", "settings.md");
        Assert.True(
            File.ReadAllText(page) == output,
            "docs/settings.md is out of date. Write it anew with: ./agents settings --markdown > docs/settings.md"
        );
    }

    [Theory]
    [InlineData("lr", "ppo.learning_rate")]
    [InlineData("gamma", "ppo.discount_factor")]
    [InlineData("ppo.n_steps", "ppo.unroll_length")]
    [InlineData("ppo.ent_coef", "ppo.entropy_coefficient")]
    [InlineData("n-envs", "ppo.copies")]
    [InlineData("net_arch", "network.hidden_sizes")]
    [InlineData("total_timesteps", "total_steps")]
    [InlineData("norm_obs", "wrappers.normalize_observations")]
    [InlineData("ppo.learning_rat", "ppo.learning_rate")]
    public async Task Set_NameOfAnotherLibrary_NamesOurs(string name, string ours)
    {
        (int code, _, string error) = await Run("train", "CartPole-v1", "--set", $"{name}=1");

        Assert.Equal(2, code);
        Assert.Contains($"Did you mean '{ours}'?", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("train", "--env", "The environment is named without an option: 'agents train CartPole-v1'.")]
    [InlineData("train", "--algo", "Did you mean '--agent'?")]
    [InlineData("train", "--total_timesteps", "Did you mean '--steps'?")]
    [InlineData("train", "--lr", "Did you mean '--set ppo.learning_rate='?")]
    [InlineData("serve", "--port", "Did you mean '--listen'?")]
    [InlineData("evaluate", "--n-eval-episodes", "Did you mean '--episodes'?")]
    public async Task Option_OfAnotherLibrary_NamesOurs(string command, string option, string cure)
    {
        (int code, _, string error) = await Run(command, option, "1");

        Assert.Equal(2, code);
        Assert.Contains($"There is no option '{option}'. {cure}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_InAnyCase_AreThoseOfTheTables()
    {
        string run = _folder.In("run");
        (int code, _, string error) = await Run([
            "train",
            "CartPole-v1",
            "--agent",
            "A2C",
            "--core",
            "LSTM",
            "--steps",
            "500",
            "--out",
            run,
            "--set",
            "a2c.optimizer=Adam",
            "evaluation.final_episodes=1",
        ]);

        Assert.True(code == 0, error);
        string config = await File.ReadAllTextAsync(Path.Combine(run, "config.yaml"), TestContext.Current.CancellationToken);
        Assert.Contains("agent: a2c\n", config, StringComparison.Ordinal);
        Assert.Contains("core: lstm\n", config, StringComparison.Ordinal);
        Assert.Contains("optimizer: adam\n", config, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_Json_SaysWhatIsThereAndHowToGetTheRest()
    {
        const string secret = "not-to-be-shown";
        Environment.SetEnvironmentVariable("AGENTS_DOCTOR_TEST", secret);
        (int code, string output, _) = await Run("doctor", "--json");
        Environment.SetEnvironmentVariable("AGENTS_DOCTOR_TEST", null);

        Assert.Equal(0, code);
        Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
        Assert.Contains("AGENTS_DOCTOR_TEST", output, StringComparison.Ordinal);
        JsonElement document = JsonDocument.Parse(output).RootElement;
        foreach (string part in (string[])["agents", ".NET", "processor", "libtorch", "MuJoCo", "Python", "fonts", "port 5051"])
        {
            JsonElement found = document.GetProperty(part);
            Assert.NotEqual("", found.GetProperty("found").GetString());
            Assert.True(found.GetProperty("is_there").GetBoolean() || found.GetProperty("cure").GetString()!.Length > 0, part);
        }
    }

    [Theory]
    [InlineData("bash", "complete -o default")]
    [InlineData("zsh", "compdef")]
    [InlineData("fish", "complete -c agents")]
    public async Task Completion_OfAShell_IsAScript(string shell, string part)
    {
        (int code, string output, _) = await Run("completion", shell);

        Assert.Equal(0, code);
        Assert.Contains(part, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agents ", "train")]
    [InlineData("agents train ", "CartPole-v1")]
    [InlineData("agents train CartPole-v1 ", "--resume")]
    public async Task Suggestions_ForWhatIsTyped_HoldTheWord(string typed, string word)
    {
        (_, string output, _) = await Run($"[suggest:{typed.Length}]", typed);

        Assert.Contains(word, output.Split('\n').Select(line => line.TrimEnd()));
    }

    private static IEnumerable<string> Leaves(YamlMappingNode node, string path) =>
        node.Children.SelectMany(child =>
            child.Value is YamlMappingNode { Children.Count: > 0 } inner
                ? Leaves(inner, $"{path}{child.Key}.")
                : [path + child.Key]
        );

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Application.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}

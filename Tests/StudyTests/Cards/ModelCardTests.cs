using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Agents.Policies;
using Environments;
using Learners.Composition;
using Learners.Configuration;
using Learners.Skills;
using Learners.Training;
using Studies.Cards;
using Xunit;

namespace Tests.StudyTests.Cards;

/// <summary>Cards of real small runs: what a folder tells stands there, and nothing else.</summary>
public sealed class ModelCardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_OfARun_HoldsWhatTheRunTells()
    {
        TrainingResult result = await TrainAsync("CartPole-v1");
        JsonNode summary = JsonNode.Parse(File.ReadAllText(Path.Combine(result.RunFolder, "summary.json")))!;

        (string card, IReadOnlyList<string> files) = Write(result.RunFolder);

        Assert.Equal(["card.md", "card-environment.png", "card-curve.png"], files.Select(file => Path.GetFileName(file)));
        Assert.All(files, file => Assert.True(new FileInfo(file).Length > 100, file));
        foreach (
            string part in (string[])
                [
                    "# ppo on CartPole-v1\n",
                    "Balance a pole on a cart",
                    "![The environment after a reset](<card-environment.png>)",
                    "![Return while it was trained](<card-curve.png>)",
                    "| seed of the run | 7 |",
                    "| environment steps | 4,096 |",
                    $"| last | {CardMarkdown.Number(result.Evaluation!.MeanReturn)} | {CardMarkdown.Number(result.Evaluation.Ci95Low)} to {CardMarkdown.Number(result.Evaluation.Ci95High)} |",
                    "| best | ",
                    "9,155 parameters, no memory.",
                    "| ppo.learning\\_rate | 0.003 | 0.00025 |",
                    "<summary>All settings</summary>",
                    "  learning_rate: 0.003\n",
                    "| run | complete |",
                    $"| cores | {Environment.ProcessorCount} |",
                    $"| version | {CardMarkdown.Escape(summary["version"]!.GetValue<string>())} |",
                    "Uniformly random actions return 22.3 on average.",
                    "0 is left, 1 is right",
                    $"| last | policy.safetensors | {Hash(result.PolicyFolder)} |",
                    $"| best | policy.safetensors | {Hash(Path.Combine(result.RunFolder, "best"))} |",
                    result.ParameterHash,
                ]
        )
        {
            Assert.Contains(part, card, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("ppo.discount\\_factor | 0.99", card, StringComparison.Ordinal);
        Assert.Equal("CartPole-v1", summary["environment"]!.GetValue<string>());
        Assert.Equal(7, summary["seed"]!.GetValue<int>());
        Assert.Equal(Environment.ProcessorCount, summary["hardware"]!["cores"]!.GetValue<int>());
    }

    [Fact]
    public async Task Write_OfARunBeforeSummariesNamedTheMachine_SaysThatItIsNotRecorded()
    {
        TrainingResult result = await TrainAsync("CartPole-v1");
        string file = Path.Combine(result.RunFolder, "summary.json");
        JsonObject summary = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        foreach (string key in (string[])["environment", "agent", "seed", "version", "hardware"])
        {
            summary.Remove(key);
        }
        File.WriteAllText(file, summary.ToJsonString());

        (string card, _) = Write(result.RunFolder);

        Assert.Contains("| version | not recorded |", card, StringComparison.Ordinal);
        Assert.Contains("| processor | not recorded |", card, StringComparison.Ordinal);
        Assert.Contains("| seed of the run | 7 |", card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_OfAPolicyFolder_SaysWhatIsNotKnown()
    {
        TrainingResult result = await TrainAsync("CartPoleNoVel-v1");

        (string card, IReadOnlyList<string> files) = Write(result.PolicyFolder);

        Assert.Equal(["card.md", "card-environment.png"], files.Select(file => Path.GetFileName(file)));
        Assert.Contains("a saved policy without the folder of its run", card, StringComparison.Ordinal);
        Assert.Contains("Keep its memory, 128 numbers", card, StringComparison.Ordinal);
        Assert.DoesNotContain("## Settings", card, StringComparison.Ordinal);
        Assert.DoesNotContain("## Training", card, StringComparison.Ordinal);
        Assert.Contains($"| saved | policy.safetensors | {Hash(result.PolicyFolder)} |", card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_OfADiscoveryAndASkill_HasATableOfSkills()
    {
        string root = _folder.In("discovery");
        var settings = new DiscoverySettings
        {
            Environment = "GridWorld/OpenGrid-v0",
            Skills = 2,
            Trainer = SkillTrainerKind.Planned,
            Reward = new RewardTrainingSettings { Updates = 20 },
            Samples = new SampleSettings
            {
                Copies = 4,
                SkillSteps = 20,
                ExplorationSteps = 5,
            },
        };
        await SkillDiscovery.RunAsync(
            settings,
            new DiscoveryOptions { OutputFolder = root },
            TestContext.Current.CancellationToken
        );

        (string whole, _) = Write(root);
        (string one, _) = Write(Path.Combine(root, "skills", "001"));

        Assert.Contains("## Skills", whole, StringComparison.Ordinal);
        Assert.Contains("\n| 0 | ", whole, StringComparison.Ordinal);
        Assert.Contains("\n| 1 | ", whole, StringComparison.Ordinal);
        Assert.Contains("| skills | 2 |", whole, StringComparison.Ordinal);
        Assert.Contains("## Skill\n", one, StringComparison.Ordinal);
        Assert.DoesNotContain("\n| 0 | ", one, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_TextOfAStranger_BecomesNoTagAndNoLink()
    {
        TrainingResult result = await TrainAsync("CartPole-v1");
        string config = Path.Combine(result.RunFolder, "config.yaml");
        File.WriteAllText(config, File.ReadAllText(config) + "own: \"``` <script> ![x](http://y)\"\n");
        string summary = Path.Combine(result.RunFolder, "summary.json");
        JsonObject node = JsonNode.Parse(File.ReadAllText(summary))!.AsObject();
        node["version"] = "<b>|[x](y)";
        File.WriteAllText(summary, node.ToJsonString());

        (string card, _) = Write(result.RunFolder);

        Assert.Contains("| version | \\<b\\>\\|\\[x\\](y) |", card, StringComparison.Ordinal);
        Assert.Contains("\n````yaml\n", card, StringComparison.Ordinal); // longer than the fence within
        Assert.Contains("nothing is said about defaults", card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_AmongTheFilesOfAPolicy_IsRefused()
    {
        TrainingResult result = await TrainAsync("CartPole-v1");

        IOException exception = Assert.Throws<IOException>(() =>
            ModelCard.Write(
                result.RunFolder,
                Path.Combine(result.PolicyFolder, "CARD.md"),
                EnvironmentRegistry.Default,
                AgentRegistry.Default
            )
        );

        Assert.Contains("could not be saved again", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() =>
            ModelCard.Write(result.RunFolder, _folder.In("card.txt"), EnvironmentRegistry.Default, AgentRegistry.Default)
        );
        Assert.Throws<PolicyFormatException>(() =>
            ModelCard.Write(_folder.In("none"), _folder.In("card.md"), EnvironmentRegistry.Default, AgentRegistry.Default)
        );
        Assert.False(File.Exists(_folder.In("card.md")));
    }

    private (string Card, IReadOnlyList<string> Files) Write(string path)
    {
        IReadOnlyList<string> files = ModelCard.Write(
            path,
            _folder.In("card.md"),
            EnvironmentRegistry.Default,
            AgentRegistry.Default
        );
        return (File.ReadAllText(files[0]), files);
    }

    private static string Hash(string policy) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(policy, SavedPolicy.WeightsFile))));

    private Task<TrainingResult> TrainAsync(string environment) =>
        Trainer.TrainAsync(
            TunedSettings.For(environment).With((global::Learners.Ppo.PpoSettings ppo) => ppo with { LearningRate = 0.003f }) with
            {
                TotalSteps = 4_096,
                Seed = 7,
                Evaluation = new EvaluationSettings { Episodes = 2, FinalEpisodes = 5 },
            },
            new TrainingOptions { OutputFolder = _folder.In("run") },
            TestContext.Current.CancellationToken
        );
}

using Cli;
using Xunit;

namespace Tests.CliTests;

/// <summary><c>agents train --curriculum</c>: what it trains, and what is saved beside the mixture.</summary>
public sealed class CurriculumOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Train_WithACurriculum_SavesTheMixtureAndItsLastPolicy()
    {
        string file = Write(
            "stages:\n  - { actions: [[0]], hidden_sizes: [8] } # one action\nshared_value: false\nschedule: [[0, 0], [0.5, 1]]\n"
        );

        (int code, string output, string error) = await Run(
            "train",
            "CartPole-v1",
            "--agent",
            "a2c",
            "--curriculum",
            file,
            "--steps",
            "2000",
            "--out",
            _folder.In("r")
        );

        Assert.True(code == 0, error);
        Assert.Contains("Policy:", output, StringComparison.Ordinal);
        string config = File.ReadAllText(_folder.In("r", "config.yaml"));
        Assert.Contains("curriculum", config, StringComparison.Ordinal);
        Assert.Contains("mixture", File.ReadAllText(_folder.In("r", "policy", "policy.yaml")), StringComparison.Ordinal);
        (code, _, error) = await Run("evaluate", _folder.In("r", "last_stage"), "--episodes", "3");
        Assert.True(code == 0, error);
        (code, _, error) = await Run("train", "--resume", _folder.In("r"), "--curriculum", file);
        Assert.Equal(2, code);
        Assert.Contains("curriculum and folder from the run", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CartPole-v1", "stages: [{ actions: [[2]] }]", "none of Discrete(2)")]
    [InlineData("Pendulum-v1", "stages: [{}]", "actions that can be counted")]
    [InlineData("CartPole-v1", "stage: []", "Did you mean 'ppo.auxiliary.curriculum.stages'?")]
    public async Task Train_ACurriculumThatDoesNotFit_IsOneClearLine(string environment, string text, string message)
    {
        (int code, _, string error) = await Run(
            "train",
            environment,
            "--curriculum",
            Write(text),
            "--steps",
            "2000",
            "--out",
            _folder.In("r")
        );

        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await Application.RunAsync(words, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private string Write(string text)
    {
        string path = _folder.In($"{Guid.NewGuid():N}.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}

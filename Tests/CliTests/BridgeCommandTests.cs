using System.Text.Json;
using Cli;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.CliTests;

/// <summary>Environments in Python from the command line to the score.</summary>
public sealed class BridgeCommandTests : IDisposable
{
    private static readonly string[] Quick =
    [
        "--seed",
        "3",
        "--json",
        "--set",
        "ppo.copies=4",
        "ppo.unroll_length=16",
        "ppo.minibatches=2",
        "evaluation.episodes=0",
        "evaluation.final_episodes=2",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Train_EncryptedServerWithToken_TrainsWithTheRightSecretsAndNoOthers()
    {
        string secrets = await MakeCertificates("secrets");
        string others = await MakeCertificates("others");
        string token = File.ReadAllText(Path.Combine(secrets, "token")).Trim();
        using var server = new PythonServer(
            "serve",
            "--certificate",
            Path.Combine(secrets, "learner.pem"),
            "--key",
            Path.Combine(secrets, "learner-key.pem"),
            "--token-file",
            Path.Combine(secrets, "token")
        );
        string id = server.SecureId("agents_bridge.samples:CartPole");

        (int code, string output, string error) = await Train(id, "right", Variables(secrets, token));
        (int noToken, _, string noTokenError) = await Train(id, "no-token", Variables(secrets, ""));
        (int wrongToken, _, string wrongTokenError) = await Train(id, "wrong-token", Variables(secrets, token + "x"));
        (int stranger, _, string strangerError) = await Train(id, "stranger", Variables(others, token));
        (int inTheClear, _, _) = await Train(
            id.Replace("grpcs", "grpc", StringComparison.Ordinal),
            "clear",
            Variables(secrets, token)
        );

        Assert.True(code == 0, error);
        Assert.Equal(128, AgentsProcess.LastLine(output).GetProperty("env_steps").GetInt64());
        Assert.Equal((1, 1, 1, 1), (noToken, wrongToken, stranger, inTheClear));
        Assert.Contains("does not accept this token", noTokenError, StringComparison.Ordinal);
        Assert.Contains("does not accept this token", wrongTokenError, StringComparison.Ordinal);
        Assert.Contains("cannot be reached", strangerError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_StandInForTheEmulatorTrainedWithLifeLoss_ScoresWholeGames()
    {
        var variables = new Dictionary<string, string>
        {
            ["AGENTS_PYTHON_PATH"] = Path.Combine(PythonCases.Folder, "atari_stand_in"),
        };
        const string id = "ALE/Pong-v5?noop_max=0&life_loss=on";
        (int trained, _, string error) = await Train(id, "run", variables);
        Assert.True(trained == 0, error);

        JsonElement games = await Evaluate();
        JsonElement lives = await Evaluate("--environment", id);

        // The stand-in takes a life of three every ten steps.
        Assert.Equal(30, games.GetProperty("mean_length").GetDouble());
        Assert.Equal("ALE/Pong-v5?noop_max=0", games.GetProperty("environment").GetString());
        double score = (games.GetProperty("mean_return").GetDouble() + 20.7) / (14.6 + 20.7);
        Assert.Equal(score, games.GetProperty("human_normalized").GetDouble(), 1e-9);
        Assert.InRange(lives.GetProperty("mean_length").GetDouble(), 9, 10.5);
        Assert.False(lives.TryGetProperty("human_normalized", out _));

        async Task<JsonElement> Evaluate(params string[] more)
        {
            (int code, string output, string failure) = await AgentsProcess.RunAsync(
                variables,
                TestContext.Current.CancellationToken,
                ["evaluate", _folder.In("run"), "--episodes", "2", "--json", .. more]
            );
            Assert.True(code == 0, failure);
            return AgentsProcess.LastLine(output);
        }
    }

    private Task<(int Code, string Output, string Error)> Train(string id, string run, Dictionary<string, string> variables) =>
        AgentsProcess.RunAsync(
            variables,
            TestContext.Current.CancellationToken,
            ["train", id, "--out", _folder.In(run), "--steps", "128", .. Quick]
        );

    private static Dictionary<string, string> Variables(string secrets, string token) =>
        new() { ["AGENTS_BRIDGE_AUTHORITY"] = Path.Combine(secrets, "ca.pem"), ["AGENTS_BRIDGE_TOKEN"] = token };

    private async Task<string> MakeCertificates(string name)
    {
        string folder = _folder.In(name);
        var output = new StringWriter();
        int code = await Application.RunAsync(
            ["certificates", "--out", folder],
            output,
            output,
            TestContext.Current.CancellationToken
        );
        Assert.True(code == 0, output.ToString());
        return folder;
    }
}

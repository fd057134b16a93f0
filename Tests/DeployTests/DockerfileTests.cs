using System.Text.Json;
using System.Text.RegularExpressions;
using Cli;
using Xunit;

namespace Tests.DeployTests;

public sealed partial class DockerfileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text = File.ReadAllText(DeployFiles.PathOf("Dockerfile"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Stages_ThoseThatComposeBuilds_Exist()
    {
        HashSet<string> stages = [.. Stage().Matches(_text).Select(match => match.Groups[1].Value)];
        var compose = new ComposeFile(_folder.Path);

        foreach (string service in compose.Services.Where(name => compose.Service(name).At("build") is not null))
        {
            Assert.Contains(compose.Service(service).Text("build", "target"), stages);
            Assert.Contains(compose.Service(service).Text("image").Replace("agents-", "", StringComparison.Ordinal), stages);
        }
    }

    [Fact]
    public void CopiedStages_All_AreDefinedBefore()
    {
        foreach (Match copy in Copied().Matches(_text))
        {
            Assert.Contains($" AS {copy.Groups[1].Value}\n", _text[..copy.Index], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void User_OfBothImages_IsNotRoot()
    {
        string runtime = _text[
            _text.IndexOf(" AS runtime\n", StringComparison.Ordinal).._text.IndexOf(" AS actor\n", StringComparison.Ordinal)
        ];

        Assert.Contains("\nUSER $APP_UID\n", runtime, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(_text, "^USER ", RegexOptions.Multiline));
    }

    [Fact]
    public void HealthCheck_OfTheLearner_IsComposesAndKnownToTheCommandLine()
    {
        string[] check = JsonSerializer.Deserialize<string[]>(HealthCheck().Match(_text).Groups[1].Value)!;

        Assert.Equal(new ComposeFile(_folder.Path).Service("learner").Texts("healthcheck", "test")[1..], check);
        Assert.Null(Application.Mistake(check[1..]));
    }

    [Fact]
    public void IgnoreFile_AllFoldersThatTheCommandLineIsBuiltFrom_AreSent()
    {
        string ignored = File.ReadAllText(DeployFiles.PathOf(".dockerignore"));

        Assert.Contains("\n*\n", ignored, StringComparison.Ordinal);
        foreach (string folder in (string[])["Environments", "Protos", "Agents", "Actors", "Learners", "Cli", "Experiments"])
        {
            Assert.Contains($"\n!{folder}/\n", ignored, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"^FROM .* AS (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Stage();

    [GeneratedRegex(@"^COPY --from=(\S+)", RegexOptions.Multiline)]
    private static partial Regex Copied();

    [GeneratedRegex(@"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", RegexOptions.Multiline)]
    private static partial Regex HealthCheck();
}

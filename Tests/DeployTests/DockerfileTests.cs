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
        HashSet<string> stages = [.. Stages().Matches(_text).Select(match => match.Groups[1].Value)];
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

    [Theory]
    [InlineData("runtime", "$APP_UID")] // of learner and actor
    [InlineData("bridge", "1654")] // the same one
    [InlineData("table", "1654")]
    public void User_OfEveryImage_IsNotRoot(string stage, string user)
    {
        Assert.Contains($"\nUSER {user}\n", Stage(stage), StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(_text, "^USER ", RegexOptions.Multiline));
    }

    [Theory]
    [InlineData("learner")]
    [InlineData("bridge")]
    public void HealthCheck_OfAnImage_IsComposes(string stage)
    {
        string[] check = JsonSerializer.Deserialize<string[]>(HealthCheck().Match(Stage(stage)).Groups[1].Value)!;

        Assert.Equal(new ComposeFile(_folder.Path).Service(stage).Texts("healthcheck", "test")[1..], check);
        Assert.Null(stage == "learner" ? Application.Mistake(check[1..]) : null);
    }

    [Fact]
    public void Bridge_Image_IsTheInstalledPackageWithItsCommand()
    {
        string project = File.ReadAllText(DeployFiles.PathOf("pyproject.toml"));
        string stage = Stage("bridge");

        Assert.Contains("\nCOPY Environments.Remote/Bridge /source\n", stage, StringComparison.Ordinal);
        Assert.Contains("pip install --no-cache-dir /source $PACKAGES", stage, StringComparison.Ordinal);
        Assert.Contains("\nENTRYPOINT [\"agents-bridge\"]\n", stage, StringComparison.Ordinal);
        Assert.Contains("\nagents-bridge = \"agents_bridge.cli:main\"\n", project, StringComparison.Ordinal);
        foreach (string package in (string[])["grpcio", "protobuf", "numpy", "gymnasium"])
        {
            Assert.Contains($"\"{package}>=", project, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Images_OfOthers_AreNamedByDigestAndPackagesAreLocked()
    {
        HashSet<string> stages = [.. Stages().Matches(_text).Select(match => match.Groups[1].Value)];
        var compose = new ComposeFile(_folder.Path);
        string[] images =
        [
            .. From().Matches(_text).Select(match => match.Groups[1].Value).Where(image => !stages.Contains(image)),
            Frontend().Match(_text).Groups[1].Value,
            .. compose
                .Services.Select(name => compose.Service(name).Text("image"))
                .Where(image => !image.StartsWith("agents-", StringComparison.Ordinal)),
        ];

        Assert.True(images.Length >= 6);
        Assert.All(images, image => Assert.Matches("^[a-z./-]+:[0-9a-z.-]+@sha256:[0-9a-f]{64}$", image));
        Assert.Equal(Regex.Count(_text, "dotnet publish"), Regex.Count(_text, "-p:RestoreLockedMode=true"));
    }

    private string Stage(string name)
    {
        int start = _text.IndexOf($" AS {name}\n", StringComparison.Ordinal);
        int end = _text.IndexOf("\nFROM ", start, StringComparison.Ordinal);
        return end < 0 ? _text[start..] : _text[start..end];
    }

    [Fact]
    public void IgnoreFile_AllFoldersThatTheCommandLineIsBuiltFrom_AreSent()
    {
        string ignored = File.ReadAllText(DeployFiles.PathOf(".dockerignore"));

        Assert.Contains("\n*\n", ignored, StringComparison.Ordinal);
        foreach (
            string folder in (string[])
                ["Foundation", "Generators", "Environments", "Protos", "Agents", "Actors", "Learners", "Cli", "Experiments"]
        )
        {
            Assert.Contains($"\n!{folder}/\n", ignored, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"^FROM .* AS (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Stages();

    [GeneratedRegex(@"^FROM (?:--platform=\S+ )?(\S+)", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"^# syntax=(\S+)")]
    private static partial Regex Frontend();

    [GeneratedRegex(@"^COPY --from=(\S+)", RegexOptions.Multiline)]
    private static partial Regex Copied();

    [GeneratedRegex(@"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", RegexOptions.Multiline)]
    private static partial Regex HealthCheck();
}

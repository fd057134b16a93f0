using System.Globalization;
using System.IO.Compression;
using System.Xml.Linq;
using Agents.Policies;
using Environments.Randomness;
using Learners.Configuration;
using Learners.Training;
using Tests.CliTests;
using Xunit;

namespace Tests.PackageTests;

/// <summary>Programs outside the repository that take the libraries from packages.</summary>
/// <param name="feed">The packages.</param>
public sealed class PackageTests(PackageFeed feed) : IClassFixture<PackageFeed>
{
    private const long LargestNativeProgram = 8_000_000; // bytes
    private const int Rows = 200;

    /// <summary>Every package says what it is and brings code and nothing else that a program would copy by surprise.</summary>
    [Fact]
    public void Packages_EachOne_IsDescribedAndHoldsNoStrayFiles()
    {
        string[] packages = Directory.GetFiles(feed.Feed, "*.nupkg");
        Assert.True(packages.Length >= 12, string.Join(", ", packages));
        Assert.All(
            packages,
            package =>
            {
                using ZipArchive archive = ZipFile.OpenRead(package);
                string[] names = [.. archive.Entries.Select(entry => entry.FullName)];
                ZipArchiveEntry description = archive.Entries.Single(entry =>
                    entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)
                );
                using Stream text = description.Open();
                XElement metadata = XDocument.Load(text).Root!.Elements().First();
                string? Of(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

                Assert.StartsWith("RlAgents.", Of("id"), StringComparison.Ordinal);
                Assert.NotEqual("Package Description", Of("description"));
                Assert.Equal("MIT", Of("license"));
                Assert.Contains(Of("readme"), names);
                Assert.DoesNotContain(
                    names,
                    name => name.EndsWith(".json", StringComparison.Ordinal) && name.Contains("lock", StringComparison.Ordinal)
                );
                string[] content = [.. names.Where(name => name.StartsWith("content", StringComparison.Ordinal))];
                Assert.All(
                    content,
                    name =>
                        Assert.True(
                            name.Contains(
                                Of("id") switch
                                {
                                    "RlAgents.Environments.Remote" => "/Bridge/",
                                    "RlAgents.Templates" => "/own-environment/",
                                    _ => "nothing",
                                },
                                StringComparison.Ordinal
                            ),
                            name
                        )
                );
            }
        );
    }

    /// <summary>A program that only acts, compiled ahead of time, chooses the actions that a session of this process chooses.</summary>
    [Fact]
    public async Task Inference_NativeProgram_ActsAsThisProcessDoes()
    {
        using var run = new TemporaryFolder();
        TrainingResult trained = await Trainer.TrainAsync(
            TunedSettings.For("Pendulum-v1") with
            {
                TotalSteps = 4_000,
            },
            new TrainingOptions { OutputFolder = run.In("run") }
        );
        using SavedPolicy policy = SavedPolicy.Load(trained.PolicyFolder);
        string folder = feed.CopySample("Inference");

        PackageFeed.Dotnet(folder, "publish", "-c", "Release", "-r", "linux-x64", "-o", "out", "-v", "quiet");

        string program = Path.Combine(folder, "out", "Inference");
        Assert.InRange(new FileInfo(program).Length, 1_000_000, LargestNativeProgram);
        float[][] rows = Draw(policy.ObservationSpace.Size);
        string said = PackageFeed.Run(
            program,
            folder,
            string.Concat(
                rows.Select(row =>
                    string.Join(' ', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + "\n"
                )
            ),
            trained.PolicyFolder
        );
        PolicySession session = policy.CreateSession();
        string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Rows, lines.Length);
        for (int i = 0; i < Rows; i++)
        {
            Assert.Equal(session.Act(rows[i])[0], float.Parse(lines[i], CultureInfo.InvariantCulture), 1e-6);
        }
        Assert.True(lines.Distinct().Count() > Rows / 2, "the actions do not differ, so that equal ones say nothing");
    }

    /// <summary>The samples say from packages what they say in the repository.</summary>
    [Theory]
    [InlineData("Extend", "Action at a level of 0.9 in rain: 1")]
    [InlineData("ExternalProcess", "Simulators started: 6, still alive: 0")]
    public void Sample_FromPackages_IsBuiltAndRun(string name, string said)
    {
        string folder = feed.CopySample(name);

        Assert.Contains(said, PackageFeed.Dotnet(folder, "run", "-c", "Release"), StringComparison.Ordinal);
    }

    /// <summary>The template makes a project that builds from the packages, and whose environment an agent is trained on.</summary>
    [Fact]
    public async Task Template_NewProject_IsBuiltAndTrainedOn()
    {
        string templates = Directory.GetFiles(feed.Feed, "RlAgents.Templates.*.nupkg").Single();
        string project = feed.In("MyTask");
        string[] hive = ["--debug:custom-hive", feed.In("hive")];

        PackageFeed.Dotnet(feed.In(""), ["new", "install", templates, .. hive]);
        PackageFeed.Dotnet(feed.In(""), ["new", "agents-environment", "-o", project, .. hive]);
        PackageFeed.Dotnet(project, "build", "-c", "Release", "-v", "quiet");
        string assembly = Path.Combine(project, "bin", "Release", "net10.0", "MyTask.dll");
        (int code, string output, string error) = await AgentsProcess.RunInAsync(
            project,
            [],
            TestContext.Current.CancellationToken,
            ["train", "Own/MyTask-v0", "--assembly", assembly, "--steps", "1000", "--out", Path.Combine(project, "run")]
        );

        Assert.True(code == 0, output + error);
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(assembly)!, "RlAgents.Environments.dll")));
        using SavedPolicy policy = SavedPolicy.Load(Path.Combine(project, "run", "policy"));
        Assert.Equal("Own/MyTask-v0", policy.Info.Environment);
    }

    private static float[][] Draw(int size)
    {
        var random = new Pcg64(7);
        var rows = new float[Rows][];
        for (int i = 0; i < Rows; i++)
        {
            rows[i] = new float[size];
            for (int k = 0; k < size; k++)
            {
                rows[i][k] = (float)random.NextUniform(-1, 1);
            }
        }
        return rows;
    }
}

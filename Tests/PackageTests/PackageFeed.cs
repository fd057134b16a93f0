using System.Diagnostics;
using System.Security;
using System.Text.RegularExpressions;
using Environments.Processes;
using Xunit;

namespace Tests.PackageTests;

/// <summary>All libraries as packages in a folder, and projects outside the repository that use them. Made once for all tests of the class.</summary>
public sealed partial class PackageFeed : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Packs what the build of the tests has made.</summary>
    public PackageFeed()
    {
        Dotnet(
            Repository,
            "pack",
            "agents.sln",
            "--configuration",
            Configuration,
            "--no-build",
            "-p:LibrariesOnly=true",
            "-verbosity:quiet",
            "--output",
            Feed
        );
        string fallback =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        // What was restored before is taken from there; our own packages, whose version stays the same, are not left there.
        File.WriteAllText(
            _folder.In("nuget.config"),
            $"""
            <configuration>
              <packageSources><add key="feed" value="{SecurityElement.Escape(Feed)}" /></packageSources>
              <config><add key="globalPackagesFolder" value="{SecurityElement.Escape(_folder.In("cache"))}" /></config>
              <fallbackPackageFolders><add key="restored" value="{SecurityElement.Escape(fallback)}" /></fallbackPackageFolders>
            </configuration>
            """
        );
    }

    /// <summary>The folder of the packages.</summary>
    public string Feed => _folder.In("feed");

    /// <summary>The top of the repository.</summary>
    public static string Repository
    {
        get
        {
            string folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "agents.sln")))
            {
                folder = Path.GetDirectoryName(folder)!;
            }
            return folder;
        }
    }

    private static string Configuration =>
        Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!);

    public void Dispose() => _folder.Dispose();

    /// <summary>A place beside the packages.</summary>
    public string In(params ReadOnlySpan<string> parts) => _folder.In(parts);

    /// <summary>Copies a sample out of the repository; what it took from the repository's projects it takes from packages.</summary>
    /// <returns>Its new folder.</returns>
    public string CopySample(string name)
    {
        string source = Path.Combine(Repository, "samples", name);
        string folder = _folder.In("samples", name);
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(source).Where(file => !file.EndsWith(".lock.json", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }
        string project = Path.Combine(folder, name + ".csproj");
        string text = ProjectReference()
            .Replace(
                File.ReadAllText(project),
                match =>
                    $"<PackageReference Include=\"{CodeTests.ProductAssembly.NameOf(match.Groups[1].Value)}\" Version=\"*\" />"
            );
        text = ImportedFile().Replace(text, "");
        text = text.Replace(
            "<PropertyGroup>",
            "<PropertyGroup><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings>",
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("../", text, StringComparison.Ordinal);
        File.WriteAllText(project, text);
        return folder;
    }

    /// <summary>Runs a command of the SDK, which must succeed.</summary>
    /// <returns>What it said.</returns>
    public static string Dotnet(string folder, params string[] arguments) => Run("dotnet", folder, "", arguments);

    /// <summary>Runs a program, which must succeed.</summary>
    /// <returns>What it said on standard output.</returns>
    public static string Run(string program, string folder, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Those of the build that runs the tests are not meant for another one.
        foreach (
            string name in start
                .Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))
                .ToArray()
        )
        {
            start.Environment.Remove(name);
        }
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // a build server would outlive the test
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        (string Output, string Errors)? said = ChildProcess.Finish(process, TimeSpan.FromMinutes(10));
        Assert.True(said is not null, $"{program} {string.Join(' ', arguments)} did not end");
        Assert.True(
            process.ExitCode == 0,
            $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{said.Value.Output}\n{said.Value.Errors}"
        );
        return said.Value.Output;
    }

    [GeneratedRegex("""<ProjectReference Include="\.\./\.\./([\w.]+)/[\w.]+\.csproj" />""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex("""<Import Project="\.\./[^"]*" />""")]
    private static partial Regex ImportedFile();
}

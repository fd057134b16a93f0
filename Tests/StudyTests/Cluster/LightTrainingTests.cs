using System.Reflection;
using Studies;
using Tests.CodeTests;
using Xunit;

namespace Tests.StudyTests.Cluster;

/// <summary>Who does not need a cluster carries none along.</summary>
public sealed class LightTrainingTests
{
    [Fact]
    public void Studies_WhatTheyReferTo_HasNoOrleans() =>
        Assert.DoesNotContain(typeof(Study).Assembly.GetReferencedAssemblies(), IsCluster);

    [Fact]
    public async Task Train_InAProcessOfItsOwn_LoadsNoOrleans()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Loaded files are listed in /proc.");
        using var folder = new TemporaryFolder();
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "agents-cli.dll"),
                    "train",
                    "CartPole-v1",
                    "--steps",
                    "100000000",
                    "--out",
                    folder.In("run"),
                ]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        try
        {
            _ = process.StandardError.ReadToEndAsync();
            await Waits.Deadline.UntilAsync(() =>
                File.Exists(folder.In("run", "metrics.csv")) && File.ReadLines(folder.In("run", "metrics.csv")).Count() > 1
            );
            string maps = File.ReadAllText($"/proc/{process.Id}/maps");

            Assert.Contains("RlAgents.Training.dll", maps, StringComparison.Ordinal);
            Assert.DoesNotContain("Orleans", maps, StringComparison.Ordinal);
            Assert.DoesNotContain("StackExchange", maps, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static bool IsCluster(AssemblyName name) =>
        name.Name!.StartsWith("Orleans", StringComparison.Ordinal) || name.Name == ProductAssembly.NameOf("Studies.Cluster");
}

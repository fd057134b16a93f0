using PublicApiGenerator;
using Tests.CodeTests;
using Xunit;

namespace Tests.PublicApi;

/// <summary>What users can call changes only on purpose: the approved text beside this file changes with it.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Assemblies =>
        [
            "Foundation",
            "Environments",
            "Environments.Remote",
            "Protos",
            "Protos.Rpc",
            "Agents",
            "Agents.Onnx",
            "Agents.Torch",
            "Actors",
            "Actors.Fleet",
            "Learners",
            "Fleet",
            "Studies",
            "Studies.Cluster",
            "Page",
            "Chaos",
            "Benchmarks",
        ];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void PublicApi_EveryLibrary_IsTheApprovedOne(string name)
    {
        string received = ProductAssembly
            .Load(name)
            .GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
            .ReplaceLineEndings("\n");
        string approved = Path.Combine(AppContext.BaseDirectory, "PublicApi", name + ".txt");

        if (!File.Exists(approved) || File.ReadAllText(approved).ReplaceLineEndings("\n").TrimEnd() != received.TrimEnd())
        {
            string file = Path.Combine(AppContext.BaseDirectory, name + ".received.txt");
            File.WriteAllText(file, received);
            Assert.Fail($"The public API of {name} changed. If that is intended, copy '{file}' over Tests/PublicApi/{name}.txt.");
        }
    }
}

using System.Reflection;
using Agents.Policies;
using Learners.Training;
using Xunit;

namespace Tests.CodeTests;

/// <summary>A program that trains in one process carries no server, no exporter of telemetry, no plots, no gRPC and no tensor library; one that only acts has no protocol, no pictures and no environments either.</summary>
public sealed class LightProgramTests
{
    private static readonly string[] Heavy = ["Microsoft.AspNetCore", "OpenTelemetry", "ScottPlot", "Grpc", "TorchSharp"];

    [Fact]
    public void Learners_AllThatTheyReferTo_IsLight()
    {
        string[] found = [.. ReachedFrom(typeof(Trainer).Assembly).Order(StringComparer.Ordinal)];

        Assert.Contains(ProductAssembly.NameOf("Agents"), found);
        Assert.Contains(ProductAssembly.NameOf("Environments"), found);
        Assert.DoesNotContain(found, IsHeavy);
    }

    [Fact]
    public void Inference_AllThatItRefersTo_IsItsFoundationAndYaml()
    {
        string[] found =
        [
            .. ReachedFrom(typeof(SavedPolicy).Assembly)
                .Where(name =>
                    !File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"))
                )
                .Order(StringComparer.Ordinal),
        ];

        Assert.Equal(
            [ProductAssembly.NameOf("Foundation"), ProductAssembly.NameOf("Agents"), "System.Numerics.Tensors", "YamlDotNet"],
            found
        );
    }

    [Fact]
    public void Fleet_AllThatItRefersTo_IsSeenToBeHeavy() =>
        Assert.Contains(ReachedFrom(typeof(global::Fleet.FleetLearner).Assembly), IsHeavy);

    private static bool IsHeavy(string name) =>
        Heavy.Any(heavy => name == heavy || name.StartsWith(heavy + ".", StringComparison.Ordinal));

    private static HashSet<string> ReachedFrom(Assembly assembly)
    {
        var found = new HashSet<string>();
        var open = new Queue<Assembly>([assembly]);
        while (open.TryDequeue(out Assembly? next))
        {
            if (!found.Add(next.GetName().Name!))
            {
                continue;
            }
            foreach (AssemblyName name in next.GetReferencedAssemblies())
            {
                open.Enqueue(Assembly.Load(name));
            }
        }
        return found;
    }
}

using System.Reflection;
using Learners.Training;
using Xunit;

namespace Tests.CodeTests;

/// <summary>A program that trains in one process carries no server, no exporter of telemetry, no plots and no gRPC.</summary>
public sealed class LightProgramTests
{
    private static readonly string[] Heavy = ["Microsoft.AspNetCore", "OpenTelemetry", "ScottPlot", "Grpc"];

    [Fact]
    public void Learners_AllThatTheyReferTo_IsLight()
    {
        string[] found = [.. ReachedFrom(typeof(Trainer).Assembly).Order(StringComparer.Ordinal)];

        Assert.Contains("Agents", found);
        Assert.Contains("Environments", found);
        Assert.DoesNotContain(found, IsHeavy);
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

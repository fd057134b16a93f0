using Environments;
using Environments.Checking;
using Fleet.Hosting;
using Fleet.Serving;
using Tests.EnvironmentTests.MuJoCo;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.EnvironmentTests.Checking;

/// <summary>Every environment with a name, checked as a user would check his own; the MuJoCo tasks beside this.</summary>
public sealed class NamedEnvironmentTests
{
    public static TheoryData<string> Ids =>
        [.. EnvironmentRegistry.Default.Specs.Select(spec => spec.Id).Except(RequiresMuJoCo.Ids.Select(row => row.Data))];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Check_NamedEnvironment_FindsNothingToMend(string id) =>
        Sound.RequirePassed(EnvironmentChecker.Check(id, settings: new CheckSettings { Steps = 120 }));

    [Theory]
    [InlineData("gym:agents_bridge.samples:CartPole")]
    [InlineData("gym:agents_bridge.samples:CartPole?lane=inprocess")]
    [InlineData("gym:bridge_cases:BriefCartPole?lane=inprocess")]
    [InlineData("gym:bridge_cases:Frames?lane=inprocess")]
    [InlineData("gym:bridge_cases:Everything?lane=inprocess")]
    public void Check_EnvironmentInPython_FindsNothingToMend(string id)
    {
        _ = PythonCases.Settings; // puts the module on Python's path
        Sound.RequirePassed(EnvironmentChecker.Check(id, settings: new CheckSettings { Steps = 80 }));
    }

    [Theory]
    [InlineData("CartPole-v1")]
    [InlineData("MinAtar/Breakout-v1")]
    [InlineData("Pendulum-v1")]
    public async Task Check_ServedEnvironment_FindsNothingToMend(string id)
    {
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(
            EnvironmentRegistry.Default,
            id,
            8,
            new FleetOptions { Listen = "http://127.0.0.1:0" }
        );
        string address = host.Addresses[0].Replace("http://", "grpc://", StringComparison.Ordinal);

        CheckReport report = EnvironmentChecker.Check($"{address}/{id}", settings: new CheckSettings { Steps = 80 });

        Sound.RequirePassed(report);
        Assert.Equal(EnvironmentChecker.Names, report.Results.Select(result => result.Name));
    }
}

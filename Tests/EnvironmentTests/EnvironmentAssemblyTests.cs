using Environments;
using Xunit;

namespace Tests.EnvironmentTests;

public sealed class EnvironmentAssemblyTests : IDisposable
{
    private static readonly string Sample = Path.Combine(AppContext.BaseDirectory, "OwnEnvironment.dll");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadAssembly_Sample_RegistersItsEnvironmentInTheCopyOnly()
    {
        EnvironmentRegistry registry = EnvironmentRegistry.Default.Copy();

        Assert.Equal(["Own/Thermostat-v0"], registry.LoadAssembly(Sample));

        EnvironmentSpec spec = registry.Find("Own/Thermostat-v0");
        Assert.Equal(100, spec.MaxEpisodeSteps);
        Assert.Null(spec.RewardThreshold);
        Assert.Equal(["off", "on"], spec.ActionNames);
        Assert.False(EnvironmentRegistry.Default.TryFind("Own/Thermostat-v0", out _));
        Assert.True(registry.TryFind("CartPole-v1", out _));
        using IBatchedEnvironment environment = registry.Make("Own/Thermostat-v0", 3);
        environment.Reset(0);
        environment.Step([1, 0, 1]);
        Assert.True(environment.CanSaveState);
        Assert.All(environment.Rewards.ToArray(), reward => Assert.InRange(reward, -1.5f, -0.3f));
    }

    [Fact]
    public void LoadAssembly_Missing_SaysSo()
    {
        var error = Assert.Throws<FileNotFoundException>(() => new EnvironmentRegistry().LoadAssembly(_folder.In("no.dll")));
        Assert.Contains("There is no assembly", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadAssembly_OtherFile_IsNoAssembly()
    {
        File.WriteAllText(_folder.In("text.dll"), "not an assembly");
        var error = Assert.Throws<InvalidDataException>(() => new EnvironmentRegistry().LoadAssembly(_folder.In("text.dll")));
        Assert.Contains("is no .NET assembly", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadAssembly_WithoutEnvironments_ShowsTheAttribute()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "RlAgents.Protos.dll");
        var error = Assert.Throws<InvalidDataException>(() => new EnvironmentRegistry().LoadAssembly(path));
        Assert.Contains("[Environment(\"Own/Name-v0\")]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RegisterAssembly_TypesOfThisOne_TakesEveryIdAndRefusesWhatIsNone()
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            new EnvironmentRegistry().RegisterAssembly(typeof(EnvironmentAssemblyTests).Assembly)
        );
        Assert.Contains("Wrong/Nothing-v0", error.Message, StringComparison.Ordinal);
    }

    [Environment("Wrong/Nothing-v0")]
    private sealed class Nothing
    {
        public override string ToString() => "no environment";
    }
}

using Actors.Fleet;
using Environments;
using Tests.EnvironmentTests.Remote;
using Tests.FleetTests;
using Xunit;

namespace Tests.ActorTests.Fleet;

/// <summary>A learner that tells its actors to execute a module.</summary>
public sealed class ForeignEnvironmentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_LearnerWhoseEnvironmentNamesAModule_IsObeyedOnlyWhereItIsAllowed()
    {
        using var run = new FleetRun(_folder);
        string id = PythonCases.Id("CartPole");
        using var stopping = new CancellationTokenSource();
        var learning = run.LearnAsync(FleetRun.Small with { Environment = id }, stopping.Token); // a learner's own command line

        ActorRejectedException refusal = await Assert.ThrowsAsync<ActorRejectedException>(() => run.ActAsync("stranger"));
        ActorResult allowed = await ActorRunner.RunAsync(
            new ActorOptions
            {
                Learner = run.Address,
                Id = "allowed",
                Registry = EnvironmentRegistry.Default.With(EnvironmentPermissions.None.AllowModule("bridge_cases")),
            }
        );
        await learning;

        Assert.Contains("asks for the Python module 'bridge_cases'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--allow-module bridge_cases", refusal.Message, StringComparison.Ordinal);
        Assert.True(allowed.RunCompleted);
    }
}

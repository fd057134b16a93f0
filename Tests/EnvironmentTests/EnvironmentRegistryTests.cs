using Environments;
using Environments.ClassicControl;
using Xunit;

namespace Tests.EnvironmentTests;

public sealed class EnvironmentRegistryTests
{
    [Theory]
    [InlineData("CartPol-v1", "CartPole-v1")]
    [InlineData("pendulum-v1", "Pendulum-v1")]
    [InlineData("MountainCarContinous-v0", "MountainCarContinuous-v0")]
    public void Make_MistypedId_SuggestsTheNearest(string id, string nearest)
    {
        var error = Assert.Throws<UnknownNameException>(() => EnvironmentRegistry.Default.Make(id));
        Assert.Contains($"'{id}'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Did you mean '{nearest}'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_IdLikeNoOther_SuggestsNothing()
    {
        var error = Assert.Throws<UnknownNameException>(() => EnvironmentRegistry.Default.Find("x"));
        Assert.DoesNotContain("Did you mean", error.Message, StringComparison.Ordinal);
        Assert.False(EnvironmentRegistry.Default.TryFind("x", out _));
    }

    [Theory]
    [InlineData("CartPole-v1", 500, 475.0)]
    [InlineData("CartPole-v0", 200, 195.0)]
    [InlineData("MountainCar-v0", 200, -110.0)]
    [InlineData("MountainCarContinuous-v0", 999, 90.0)]
    [InlineData("Acrobot-v1", 500, -100.0)]
    [InlineData("Pendulum-v1", 200, null)]
    public void Find_ClassicControl_HasGymnasiumsLimitsAndThresholds(string id, int limit, double? threshold)
    {
        EnvironmentSpec spec = EnvironmentRegistry.Default.Find(id);
        Assert.Equal((limit, threshold), (spec.MaxEpisodeSteps, spec.RewardThreshold));
    }

    [Theory]
    [InlineData("CartPole")]
    [InlineData("CartPole-vX")]
    [InlineData("-v1")]
    public void Register_IdWithoutVersion_ThrowsAndShowsTheForm(string id)
    {
        var error = Assert.Throws<ArgumentException>(() => new EnvironmentRegistry().Register(id, () => new CartPole()));
        Assert.Contains("Namespace/Name-v0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Register_OwnEnvironment_IsFoundAndMadeWithItsLimit()
    {
        var registry = new EnvironmentRegistry();
        registry.Register("Mine/Pole-v0", () => new CartPole(), spec => spec with { MaxEpisodeSteps = 3 });
        using IBatchedEnvironment batch = registry.Make("Mine/Pole-v0", 2);
        batch.Reset(0);
        for (int t = 1; t <= 3; t++)
        {
            batch.Step([0, 1]);
            Assert.Equal(t == 3, batch.Truncated[1]);
        }
        Assert.Equal(["Mine/Pole-v0"], registry.Specs.Select(spec => spec.Id));
    }

    // Comparing costs the product of both lengths, so that megabytes in one name took minutes.
    [Fact]
    public void Find_NameThatIsTooLongForASlip_IsComparedWithNothing()
    {
        string name = new('n', 129);

        Assert.Null(NearestName.Find(name, [name]));
        Assert.Equal(name[1..], NearestName.Find(name[1..], [name[1..]]));
    }
}

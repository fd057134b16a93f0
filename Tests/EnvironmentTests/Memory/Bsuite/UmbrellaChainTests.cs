using Environments.Memory.Bsuite;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.Bsuite;

public sealed class UmbrellaChainTests : EnvironmentContract<UmbrellaChain>
{
    protected override string Id => "Memory/Umbrella-v0?length=10&distractors=70";

    protected override double RandomReturnTolerance => 0.15;

    protected override int RandomEpisodes => 4000;

    protected override UmbrellaChain Create() => new(10, 70);

    [Fact]
    public void Step_TakingWhatIsNeeded_ReachesTheOptimum()
    {
        Assert.Equal(1, ScriptedPlayer.MeanReturn("Memory/Umbrella-v0?length=1", 100, shown => (int)shown[0][0]));
        Assert.Equal(1, ScriptedPlayer.MeanReturn("Memory/Umbrella-v0", 4000, shown => (int)shown[0][0]), 0.2);
    }

    [Fact]
    public void Step_TakingWhatIsNotNeeded_AlwaysFails() =>
        Assert.Equal(-1, ScriptedPlayer.MeanReturn("Memory/Umbrella-v0?length=1", 100, shown => 1 - (int)shown[0][0]));

    [Fact]
    public void Step_LaterActions_ChangeNothing() =>
        ScriptedPlayer.MeanReturn(
            Id,
            20,
            shown =>
            {
                if (shown.Count > 1)
                {
                    Assert.Equal(shown[0][0], shown[^1][0]);
                    Assert.Equal(1, shown[^1][1]);
                }
                Assert.Equal(1 - (shown.Count - 1) / 10f, shown[^1][2], 1e-6f);
                return shown.Count == 1 ? 1 : 0;
            }
        );
}

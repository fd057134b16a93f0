using Environments.Memory.Bandits;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.Bandits;

public sealed class HarlowTests : EnvironmentContract<Harlow>
{
    protected override string Id => "Memory/Harlow-v0";

    protected override double RandomReturnTolerance => 0.08;

    protected override int RandomEpisodes => 4000;

    protected override Harlow Create() => new(6, 10);

    [Theory]
    [InlineData(10)]
    [InlineData(1)]
    [InlineData(32)]
    public void Step_PlayerThatRemembersItsFirstGuess_ReachesTheOptimum(int bits) =>
        Assert.Equal(
            5.5,
            ScriptedPlayer.MeanReturn(
                $"Memory/Harlow-v0?bits={bits}",
                4000,
                shown =>
                {
                    if (shown.Count == 1)
                    {
                        return 0; // the left one
                    }
                    bool paid = shown[1][^1] == 1;
                    bool leftAgain = shown[^1].AsSpan(0, bits).SequenceEqual(shown[0].AsSpan(0, bits));
                    return leftAgain == paid ? 0 : 1;
                }
            ),
            0.05
        );
}

using Environments.GridWorld;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.GridWorld;

/// <summary>What every task of the MiniGrid family must keep besides the contract of environments; inherited once per layout and variant.</summary>
public abstract class MiniGridContract<TLayout>(string name, TLayout layout) : EnvironmentContract<MiniGridEnvironment<TLayout>>
    where TLayout : struct, IMiniGridLayout
{
    protected override string Id => $"MiniGrid/{name}-v0";

    protected override int RandomEpisodes => 2000; // most of them earn nothing

    protected override MiniGridEnvironment<TLayout> Create() => new(layout);

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = (float)MiniGridAction.Done;
        return true;
    }

    [Fact]
    public void Step_RecordedEpisodes_EqualTheOriginalFromTheSeedOn() => MiniGridTrace.Replay<TLayout>(name);
}

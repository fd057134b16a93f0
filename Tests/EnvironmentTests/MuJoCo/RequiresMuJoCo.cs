using Environments.MuJoCo.Engine;
using Xunit;

namespace Tests.EnvironmentTests.MuJoCo;

/// <summary>Skips its tests, with the reason, on machines without MuJoCo; fails them there if <c>AGENTS_REQUIRE_MUJOCO</c> is set.</summary>
public abstract class RequiresMuJoCo
{
    private static readonly Lazy<string?> Reason = new(() =>
    {
        try
        {
            return MuJoCoModel.EngineVersion > 0 ? null : "MuJoCo does not say its version.";
        }
        catch (MuJoCoUnavailableException exception)
        {
            return exception.Message;
        }
    });

    protected RequiresMuJoCo()
    {
        if (Reason.Value is { } reason)
        {
            Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("AGENTS_REQUIRE_MUJOCO")), reason);
            Assert.Fail(reason);
        }
    }

    /// <summary>Ids of the tasks.</summary>
    public static TheoryData<string> Ids =>
        [
            "HalfCheetah-v5",
            "Hopper-v5",
            "Walker2d-v5",
            "Ant-v5",
            "Humanoid-v5",
            "HumanoidStandup-v5",
            "Swimmer-v5",
            "Reacher-v5",
            "Pusher-v5",
            "InvertedPendulum-v5",
            "InvertedDoublePendulum-v5",
        ];
}

using Environments;
using Environments.MuJoCo;
using Environments.MuJoCo.Tasks;
using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.MuJoCo;

public sealed class MuJoCoOptionTests : RequiresMuJoCo
{
    [Theory]
    [InlineData("HalfCheetah-v5?exclude_current_positions_from_observation=false", 18)]
    [InlineData("Hopper-v5?exclude_current_positions_from_observation=false", 12)]
    [InlineData("Walker2d-v5?exclude_current_positions_from_observation=false", 18)]
    [InlineData("Swimmer-v5?exclude_current_positions_from_observation=False", 10)]
    [InlineData("Ant-v5?include_cfrc_ext_in_observation=false", 27)]
    [InlineData("Ant-v5?exclude_current_positions_from_observation=false", 107)]
    [InlineData("Humanoid-v5?exclude_current_positions_from_observation=false", 350)]
    [InlineData("Humanoid-v5?include_cinert_in_observation=false", 218)]
    [InlineData("Humanoid-v5?include_cvel_in_observation=false", 270)]
    [InlineData("Humanoid-v5?include_qfrc_actuator_in_observation=false", 331)]
    [InlineData("HumanoidStandup-v5?include_cfrc_ext_in_observation=false", 270)]
    public void Make_OptionsOfTheObservation_ChangeItsSize(string id, int size)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id);
        Assert.Equal(size, batch.Spec.ObservationSpace.Size);
        batch.Reset(1);
        batch.Step(new float[batch.Spec.ActionSpace.Size]);
        Assert.NotEqual(0, batch.Observations[^1] + batch.Observations[0] + batch.Observations[8]);
    }

    [Fact]
    public void Step_WeightsOfTheReward_ScaleTheTermsOfTheirNames()
    {
        RequireTerms<HalfCheetah>("forward_reward_weight=3&ctrl_cost_weight=0.7", 0, ("reward_forward", 3), ("reward_ctrl", 7));
        RequireTerms<Hopper>(
            "forward_reward_weight=2&ctrl_cost_weight=4e-3&healthy_reward=6",
            0,
            ("reward_forward", 2),
            ("reward_ctrl", 4),
            ("reward_survive", 6)
        );
        RequireTerms<Walker2d>("forward_reward_weight=2&healthy_reward=0.5", 0, ("reward_forward", 2), ("reward_survive", 0.5));
        RequireTerms<Ant>(
            "forward_reward_weight=2&ctrl_cost_weight=1&contact_cost_weight=5e-3&healthy_reward=3",
            0,
            ("reward_forward", 2),
            ("reward_ctrl", 2),
            ("reward_contact", 10),
            ("reward_survive", 3)
        );
        RequireTerms<Humanoid>(
            "forward_reward_weight=2.5&ctrl_cost_weight=0.3&contact_cost_weight=1e-6&healthy_reward=1",
            0,
            ("reward_forward", 2),
            ("reward_ctrl", 3),
            ("reward_contact", 2),
            ("reward_survive", 0.2)
        );
        RequireTerms<HumanoidStandup>(
            "uph_cost_weight=2&ctrl_cost_weight=0.2&impact_cost_weight=1e-6",
            1,
            ("reward_linup", 2),
            ("reward_quadctrl", 2),
            ("reward_impact", 2)
        );
        RequireTerms<Swimmer>("forward_reward_weight=2&ctrl_cost_weight=1e-2", 0, ("reward_forward", 2), ("reward_ctrl", 100));
        RequireTerms<Reacher>("reward_dist_weight=2&reward_control_weight=3", 0, ("reward_dist", 2), ("reward_ctrl", 3));
        RequireTerms<Pusher>(
            "reward_near_weight=1&reward_dist_weight=3&reward_control_weight=0.4",
            0,
            ("reward_near", 2),
            ("reward_dist", 3),
            ("reward_ctrl", 4)
        );
        RequireTerms<InvertedDoublePendulum>("healthy_reward=5", 0, ("reward_survive", 0.5));
    }

    [Theory]
    [InlineData("Hopper-v5")]
    [InlineData("Walker2d-v5")]
    [InlineData("Ant-v5")]
    [InlineData("Humanoid-v5")]
    public void Step_TerminateWhenUnhealthyIsFalse_GoesOnToTheTimeLimit(string id)
    {
        Assert.True(EpisodeLength(id) < 1_000);
        Assert.Equal(1_000, EpisodeLength($"{id}?terminate_when_unhealthy=false"));
    }

    [Theory]
    [InlineData("Hopper-v5", "healthy_z_range=1.5..inf")]
    [InlineData("Hopper-v5", "healthy_angle_range=0.1..0.2")]
    [InlineData("Hopper-v5", "healthy_state_range=-1e-9..1e-9")]
    [InlineData("Walker2d-v5", "healthy_z_range=1.5..2")]
    [InlineData("Walker2d-v5", "healthy_angle_range=0.5..1")]
    [InlineData("Ant-v5", "healthy_z_range=2..3")]
    [InlineData("Humanoid-v5", "healthy_z_range=1.7..2")]
    public void Step_OutsideAHealthyRange_TerminatesAtOnceWithoutTheSurvivalReward(string id, string range)
    {
        using IBatchedEnvironment usual = EnvironmentRegistry.Default.Make(id);
        using IBatchedEnvironment narrow = EnvironmentRegistry.Default.Make($"{id}?{range}");
        float[] action = new float[usual.Spec.ActionSpace.Size];
        usual.Reset(2);
        narrow.Reset(2);
        usual.Step(action);
        narrow.Step(action);
        Assert.False(usual.Terminated[0]);
        Assert.True(narrow.Terminated[0]);
        Assert.Equal(id == "Humanoid-v5" ? 5 : 1, usual.Rewards[0] - narrow.Rewards[0], 1e-4);
    }

    [Fact]
    public void Reset_NoiseScaleOfZero_StartsAtTheDefaultPose()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Ant-v5?reset_noise_scale=0", 2);
        batch.Reset(3);
        Assert.Equal(0.75f, batch.Observations[0]);
        Assert.Equal(1, batch.Observations[1]);
        Assert.True(batch.Observations[..105].SequenceEqual(batch.Observations[105..]));
    }

    [Fact]
    public void Step_FrameSkip_CountsStepsOfTheEngine()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Swimmer-v5?frame_skip=7");
        batch.Reset(3);
        batch.Step([0.5f, 0.5f]);
        Assert.Equal(0.07, ((BatchedEnvironment<MuJoCoEnvironment<Swimmer>>)batch)[0].Simulation.Time, 1e-12);
    }

    [Theory]
    [InlineData("Hopper-v5?healthy_z_range=0.7", "low..high")]
    [InlineData("Hopper-v5?healthy_z_range=2..1", "low..high")]
    [InlineData("Hopper-v5?terminate_when_unhealthy=maybe", "true, false")]
    [InlineData("Hopper-v5?reset_noise_scale=-1", "0 to 1000")]
    public void Find_ImpossibleValue_ThrowsAndNamesWhatIsPossible(string id, string expected)
    {
        var error = Assert.Throws<InvalidOptionException>(() => EnvironmentRegistry.Default.Find(id));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_OptionsThatChangeTheReward_LeaveNoScoresOfTheUsualTask()
    {
        Assert.Equal(-301, EnvironmentRegistry.Default.Find("HalfCheetah-v5").RandomReturn);
        EnvironmentSpec spec = EnvironmentRegistry.Default.Find("HalfCheetah-v5?ctrl_cost_weight=5");
        Assert.Null(spec.RandomReturn);
        Assert.Null(spec.RewardThreshold);
        Assert.Equal(1_000, spec.MaxEpisodeSteps);
    }

    // The terms add up to the reward, and each is its factor times that of the usual task after the same actions.
    private static void RequireTerms<TTask>(string options, double constant, params (string Name, double Factor)[] factors)
        where TTask : unmanaged, IBuiltInTask<TTask>
    {
        string id = $"{typeof(TTask).Name}-v5";
        using IBatchedEnvironment usual = EnvironmentRegistry.Default.Make(id);
        using IBatchedEnvironment changed = EnvironmentRegistry.Default.Make($"{id}?{options}");
        usual.Reset(4);
        changed.Reset(4);
        var random = new Pcg64(1);
        var action = new float[usual.Spec.ActionSpace.Size];
        for (int t = 0; t < 5; t++)
        {
            usual.Spec.ActionSpace.Sample(ref random, action);
            action[0] *= 3; // beyond the bounds, which costs
            usual.Step(action);
            changed.Step(action);
            Assert.False(usual.Terminated[0]);
        }
        Dictionary<string, double> before = Terms<TTask>(usual);
        Dictionary<string, double> after = Terms<TTask>(changed);
        Assert.Equal(usual.Rewards[0], before.Values.Sum() + constant, 1e-4 * Math.Max(1, Math.Abs(usual.Rewards[0])));
        Assert.Equal(changed.Rewards[0], after.Values.Sum() + constant, 1e-4 * Math.Max(1, Math.Abs(changed.Rewards[0])));
        foreach ((string name, double factor) in factors)
        {
            Assert.Equal(factor * before[name], after[name], 1e-9 * Math.Max(1, Math.Abs(after[name])));
        }
    }

    private static Dictionary<string, double> Terms<TTask>(IBatchedEnvironment batch)
        where TTask : unmanaged, IBuiltInTask<TTask>
    {
        double[] info = ((BatchedEnvironment<MuJoCoEnvironment<TTask>>)batch)[0].Info.ToArray();
        return TTask
            .InfoNames.Zip(info)
            .Where(pair =>
                pair.First.StartsWith("reward_", StringComparison.Ordinal)
                || pair.First.EndsWith("_penalty", StringComparison.Ordinal)
            )
            .ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private static int EpisodeLength(string id)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id);
        batch.Reset(1);
        var random = new Pcg64(1);
        var action = new float[batch.Spec.ActionSpace.Size];
        for (int t = 1; ; t++)
        {
            batch.Spec.ActionSpace.Sample(ref random, action);
            batch.Step(action);
            if (batch.Terminated[0] || batch.Truncated[0])
            {
                return t;
            }
        }
    }
}

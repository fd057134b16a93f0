namespace Environments.MuJoCo.Tasks;

/// <summary>Options that several tasks have, under the names and with the meaning of Gymnasium's keyword arguments.</summary>
internal static class TaskOptions
{
    public const string FrameSkip = "frame_skip";
    public const string ForwardRewardWeight = "forward_reward_weight";
    public const string ControlCostWeight = "ctrl_cost_weight";
    public const string ContactCostWeight = "contact_cost_weight";
    public const string HealthyReward = "healthy_reward";
    public const string TerminateWhenUnhealthy = "terminate_when_unhealthy";
    public const string HealthyStateRange = "healthy_state_range";
    public const string HealthyHeightRange = "healthy_z_range";
    public const string HealthyAngleRange = "healthy_angle_range";
    public const string NoiseScale = "reset_noise_scale";
    public const string ExcludePositions = "exclude_current_positions_from_observation";

    private const double Most = 1e9;

    public static EnvironmentOption Skip(int steps) =>
        EnvironmentOption.Integer(FrameSkip, steps, 1, 10_000, "Steps of the engine per step of the environment.");

    public static EnvironmentOption Weight(string name, double value, string description) =>
        EnvironmentOption.Number(name, value, -Most, Most, description);

    public static EnvironmentOption Forward(double weight) =>
        Weight(ForwardRewardWeight, weight, "Reward of a speed of one metre per second.");

    public static EnvironmentOption Control(double weight) => Weight(ControlCostWeight, weight, "Cost of the actions' squares.");

    public static EnvironmentOption Healthy(double reward) =>
        Weight(HealthyReward, reward, "Reward of a step that ends upright.");

    public static EnvironmentOption Terminate() =>
        EnvironmentOption.Flag(TerminateWhenUnhealthy, true, "Whether falling ends the episode.");

    public static EnvironmentOption Range(string name, double low, double high, string description) =>
        EnvironmentOption.Interval(name, low, high, description);

    public static EnvironmentOption Noise(double scale) =>
        EnvironmentOption.Number(NoiseScale, scale, 0, 1_000, "Spread of the first positions and velocities.");

    public static EnvironmentOption Exclude(string positions) =>
        EnvironmentOption.Flag(ExcludePositions, true, $"Whether {positions} left out of the observation.");
}

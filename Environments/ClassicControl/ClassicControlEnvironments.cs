namespace Environments.ClassicControl;

/// <summary>Names, limits and thresholds of the classic control tasks, those of Gymnasium's registry.</summary>
internal static class ClassicControlEnvironments
{
    private static readonly string[] LeftRight = ["left", "right"];

    public static void Register(EnvironmentRegistry registry)
    {
        string[] leftNoneRight = ["left", "none", "right"];
        RegisterCartPole(registry, "CartPole-v0", maxEpisodeSteps: 200, rewardThreshold: 195);
        registry.Register(
            "CartPoleNoVel-v1",
            () => new CartPoleNoVelocity(),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 500,
                    RewardThreshold = 475,
                    RandomReturn = 22.3,
                    Description = "Balance a pole on a cart without being shown how fast they move.",
                    ActionNames = LeftRight,
                }
        );
        RegisterCartPole(registry, "CartPole-v1", maxEpisodeSteps: 500, rewardThreshold: 475);
        registry.Register(
            "MountainCar-v0",
            () => new MountainCar(),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 200,
                    RewardThreshold = -110,
                    RandomReturn = -200,
                    Description = "Drive an underpowered car out of a valley by swinging up first.",
                    ActionNames = leftNoneRight,
                }
        );
        registry.Register(
            "MountainCarContinuous-v0",
            () => new MountainCarContinuous(),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 999,
                    RewardThreshold = 90,
                    RandomReturn = -33.2,
                    Description = "Drive an underpowered car out of a valley with as little force as possible.",
                }
        );
        registry.Register(
            "Acrobot-v1",
            () => new Acrobot(),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 500,
                    RewardThreshold = -100,
                    RandomReturn = -499.95,
                    Description = "Swing the tip of a two-link arm above a bar with a motor at its elbow only.",
                    ActionNames = leftNoneRight,
                }
        );
        registry.Register(
            "Pendulum-v1",
            () => new Pendulum(),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 200,
                    RandomReturn = -1224,
                    Description = "Swing a pendulum up and hold it there with a weak motor.",
                }
        );
    }

    private static void RegisterCartPole(EnvironmentRegistry registry, string id, int maxEpisodeSteps, double rewardThreshold)
    {
        EnvironmentOption[] options =
        [
            EnvironmentOption.Number(
                "length",
                CartPole.UsualHalfLength,
                0.05,
                10,
                "Half of the pole's length in metres; its mass stays."
            ),
        ];
        registry.Add(
            id,
            options,
            (canonical, values) =>
            {
                double length = values.Number("length");
                bool isUsual = length == CartPole.UsualHalfLength;
                EnvironmentSpec spec = EnvironmentRegistry.Look(canonical, options, new CartPole()) with
                {
                    MaxEpisodeSteps = maxEpisodeSteps,
                    RewardThreshold = rewardThreshold,
                    RandomReturn = isUsual ? 22.3 : null,
                    Description = "Balance a pole on a cart by pushing the cart left or right.",
                    ActionNames = LeftRight,
                };
                return (
                    spec,
                    (count, limit) =>
                        isUsual
                            ? new BatchedEnvironment<CartPole>(spec with { MaxEpisodeSteps = limit }, () => new CartPole(), count)
                            : new BatchedEnvironment<CartPoleOfLength>(
                                spec with
                                {
                                    MaxEpisodeSteps = limit,
                                },
                                () => new CartPoleOfLength(length),
                                count
                            )
                );
            }
        );
    }
}

namespace Environments.ClassicControl;

/// <summary>Names, limits and thresholds of the classic control tasks, those of Gymnasium's registry.</summary>
internal static class ClassicControlEnvironments
{
    public static void Register(EnvironmentRegistry registry)
    {
        string[] leftRight = ["left", "right"];
        string[] leftNoneRight = ["left", "none", "right"];
        const string cartPole = "Balance a pole on a cart by pushing the cart left or right.";
        registry.Register(
            "CartPole-v0",
            () => new CartPole(),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 200,
                    RewardThreshold = 195,
                    RandomReturn = 22.3,
                    Description = cartPole,
                    ActionNames = leftRight,
                }
        );
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
                    ActionNames = leftRight,
                }
        );
        registry.Register(
            "CartPole-v1",
            () => new CartPole(),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 500,
                    RewardThreshold = 475,
                    RandomReturn = 22.3,
                    Description = cartPole,
                    ActionNames = leftRight,
                }
        );
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
}

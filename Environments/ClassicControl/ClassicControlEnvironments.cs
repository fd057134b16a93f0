namespace Environments.ClassicControl;

/// <summary>Names, limits and thresholds of the classic control tasks, those of Gymnasium's registry.</summary>
internal static class ClassicControlEnvironments
{
    public static void Register(EnvironmentRegistry registry)
    {
        const string cartPole = "Balance a pole on a cart by pushing the cart left or right.";
        registry.Register(
            "CartPole-v0",
            () => new CartPole(),
            spec => spec with { MaxEpisodeSteps = 200, RewardThreshold = 195, RandomReturn = 22.3, Description = cartPole }
        );
        registry.Register(
            "CartPole-v1",
            () => new CartPole(),
            spec => spec with { MaxEpisodeSteps = 500, RewardThreshold = 475, RandomReturn = 22.3, Description = cartPole }
        );
    }
}

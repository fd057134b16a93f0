namespace Environments.ToyText;

/// <summary>Names, limits and thresholds of the toy texts, those of Gymnasium's registry. Returns of random actions are exact but for Blackjack's.</summary>
internal static class ToyTextEnvironments
{
    public static void Register(EnvironmentRegistry registry)
    {
        const string taxi = "Fetch a passenger and bring her to her destination with as few moves as possible.";
        const string cliff = "Walk along a cliff without falling off.";
        foreach (string id in (string[])["Taxi-v3", "Taxi-v4"])
        {
            registry.Register(
                id,
                () => new Taxi(),
                spec => spec with { MaxEpisodeSteps = 200, RewardThreshold = 8, RandomReturn = -771.1, Description = taxi }
            );
        }
        foreach (string id in (string[])["CliffWalking-v0", "CliffWalking-v1"])
        {
            registry.Register(id, () => new CliffWalking(), spec => spec with { RandomReturn = -65_375, Description = cliff });
        }
        registry.Register(
            "CliffWalkingSlippery-v1",
            () => new CliffWalking(slippery: true),
            spec =>
                spec with
                {
                    RandomReturn = -65_375,
                    Description = "Walk along a cliff without falling off, on ground where two moves in three go astray.",
                }
        );
        registry.Register(
            "FrozenLake-v1",
            () => new FrozenLake(),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 100,
                    RewardThreshold = 0.7,
                    RandomReturn = 0.0139,
                    Description = "Cross a small slippery lake without falling into a hole.",
                }
        );
        registry.Register(
            "FrozenLake8x8-v1",
            () => new FrozenLake(FrozenLakeMap.EightByEight),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 200,
                    RewardThreshold = 0.85,
                    RandomReturn = 0.0019,
                    Description = "Cross a larger slippery lake without falling into a hole.",
                }
        );
        registry.Register(
            "Blackjack-v1",
            () => new Blackjack(BlackjackRules.SuttonBarto),
            spec => spec with { RandomReturn = -0.392, Description = "Come closer to 21 than the dealer, but not above." }
        );
    }
}

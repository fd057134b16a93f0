namespace Environments.Atari;

/// <summary>A game of the Arcade Learning Environment.</summary>
public sealed record AtariGame
{
    private static readonly string[] Names =
    [
        "noop",
        "fire",
        "up",
        "right",
        "left",
        "down",
        "up right",
        "up left",
        "down right",
        "down left",
        "up fire",
        "right fire",
        "left fire",
        "down fire",
        "up right fire",
        "up left fire",
        "down right fire",
        "down left fire",
    ];

    private readonly int _actions; // a bit per code of an action; 0 where only their number is known

    internal AtariGame(string name, int actions, double random, double human)
    {
        Name = name;
        _actions = actions;
        ActionCount = int.PopCount(actions);
        RandomScore = random;
        HumanScore = human;
    }

    internal AtariGame(string name, int actionCount)
    {
        Name = name;
        ActionCount = actionCount;
        _actions = actionCount == AllActions ? (1 << AllActions) - 1 : 0;
    }

    /// <summary>Actions that the console knows.</summary>
    public const int AllActions = 18;

    /// <summary>Name, such as <c>Pong</c>.</summary>
    public string Name { get; }

    /// <summary>Id, such as <c>ALE/Pong-v5</c>.</summary>
    public string Id => $"ALE/{Name}-v5";

    /// <summary>Actions that make a difference in this game.</summary>
    public int ActionCount { get; }

    /// <summary>Mean score of random play; null where none was published.</summary>
    public double? RandomScore { get; }

    /// <summary>Mean score of a professional tester; null where none was published.</summary>
    public double? HumanScore { get; }

    /// <summary>What each action of the minimal set does; empty where only their number is known.</summary>
    public IReadOnlyList<string> ActionNames => [.. Names.Where((_, code) => (_actions >> code & 1) != 0)];

    /// <summary>What each of the console's actions does.</summary>
    public static IReadOnlyList<string> AllActionNames => Names;

    /// <summary>Where a score lies between random play, 0, and the tester, 1; null where those were not published.</summary>
    /// <param name="score">Mean undiscounted game score of whole games.</param>
    public double? HumanNormalized(double score) => (score - RandomScore) / (HumanScore - RandomScore);
}

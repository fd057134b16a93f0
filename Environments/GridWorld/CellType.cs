namespace Environments.GridWorld;

/// <summary>What a cell of a MiniGrid world is, numbered as in the first channel of its view.</summary>
public enum CellType
{
    /// <summary>Hidden from the view.</summary>
    Unseen = 0,

    /// <summary>Nothing there; can be entered.</summary>
    Empty = 1,

    /// <summary>Cannot be entered or seen through. The world goes on as wall beyond its edge.</summary>
    Wall = 2,

    /// <summary>Can be entered and seen through only while open.</summary>
    Door = 4,

    /// <summary>Can be carried; opens locked doors of its colour.</summary>
    Key = 5,

    /// <summary>Can be carried.</summary>
    Ball = 6,

    /// <summary>Entering it ends the episode with the reward.</summary>
    Goal = 8,
}

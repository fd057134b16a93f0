namespace Environments.GridWorld;

/// <summary>How a door of a MiniGrid world stands, numbered as in the third channel of its view.</summary>
public enum DoorState
{
    /// <summary>Can be entered and seen through; also the number shown for everything that is no door.</summary>
    Open,

    /// <summary>Opens when toggled.</summary>
    Closed,

    /// <summary>Opens when toggled by an agent that carries a key of its colour.</summary>
    Locked,
}

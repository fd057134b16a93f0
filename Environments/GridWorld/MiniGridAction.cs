namespace Environments.GridWorld;

/// <summary>The seven actions of every MiniGrid world.</summary>
public enum MiniGridAction
{
    /// <summary>Turn left by 90 degrees.</summary>
    TurnLeft,

    /// <summary>Turn right by 90 degrees.</summary>
    TurnRight,

    /// <summary>Enter the cell in front, if that is possible.</summary>
    MoveForward,

    /// <summary>Take the object in front into empty hands.</summary>
    PickUp,

    /// <summary>Put what is carried onto an empty cell in front.</summary>
    Drop,

    /// <summary>Open or close the door in front.</summary>
    Toggle,

    /// <summary>Do nothing.</summary>
    Done,
}

namespace Environments.MinAtar;

/// <summary>The six actions that all games know, in the original's order.</summary>
public enum MinAtarAction
{
    /// <summary>Do nothing.</summary>
    Wait,

    /// <summary>One column to the left.</summary>
    Left,

    /// <summary>One row up.</summary>
    Up,

    /// <summary>One column to the right.</summary>
    Right,

    /// <summary>One row down.</summary>
    Down,

    /// <summary>Shoot.</summary>
    Fire,
}

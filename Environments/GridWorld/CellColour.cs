namespace Environments.GridWorld;

/// <summary>Colour of a cell of a MiniGrid world, numbered as in the second channel of its view.</summary>
public enum CellColour
{
    /// <summary>Red; also the number shown for empty cells.</summary>
    Red,

    /// <summary>Green, as goals are.</summary>
    Green,

    /// <summary>Blue.</summary>
    Blue,

    /// <summary>Purple.</summary>
    Purple,

    /// <summary>Yellow.</summary>
    Yellow,

    /// <summary>Grey, as walls are.</summary>
    Grey,
}

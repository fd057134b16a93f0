namespace Environments.GridWorld;

/// <summary>One cell of a MiniGrid world, or the object in the agent's hands. One byte; the default value is <see cref="None"/>.</summary>
public readonly record struct Cell
{
    // Bits 0 to 2: colour. Bits 3 to 6: kind, the number of the type except for doors that are shut. Bit 7: opaque.
    private const int KindShift = 3;
    private const int ClosedDoor = 9;
    private const int LockedDoor = 10;

    private Cell(int kind, CellColour colour, byte opaque = 0) => Code = (byte)(kind << KindShift | (int)colour | opaque);

    private Cell(byte code) => Code = code;

    /// <summary>No cell: what the view hides, and what empty hands hold.</summary>
    public static Cell None => default;

    /// <summary>A cell with nothing in it.</summary>
    public static Cell Empty => new((int)CellType.Empty, CellColour.Red);

    /// <summary>A wall.</summary>
    public static Cell Wall => new((int)CellType.Wall, CellColour.Grey, OpaqueBit);

    /// <summary>The goal.</summary>
    public static Cell Goal => new((int)CellType.Goal, CellColour.Green);

    /// <summary>What stands in the cell.</summary>
    public CellType Type => Kind is ClosedDoor or LockedDoor ? CellType.Door : (CellType)Kind;

    /// <summary>Colour of what stands in the cell.</summary>
    public CellColour Colour => (CellColour)(Code & 7);

    /// <summary>How the door stands; <see cref="DoorState.Open"/> for everything that is no door.</summary>
    public DoorState DoorState =>
        Kind switch
        {
            ClosedDoor => DoorState.Closed,
            LockedDoor => DoorState.Locked,
            _ => DoorState.Open,
        };

    /// <summary>Whether it hides what lies behind.</summary>
    public bool IsOpaque => (Code & OpaqueBit) != 0;

    /// <summary>Whether the agent can stand here.</summary>
    public bool CanBeEntered => Kind is (int)CellType.Empty or (int)CellType.Goal or (int)CellType.Door;

    /// <summary>Whether the agent can take it into its hands.</summary>
    public bool CanBeCarried => Kind is (int)CellType.Key or (int)CellType.Ball;

    /// <summary>Bit of <see cref="Code"/> that opaque cells have.</summary>
    internal const byte OpaqueBit = 0x80;

    /// <summary>The cell as one byte; 0 only for <see cref="None"/>.</summary>
    internal byte Code { get; }

    private int Kind => Code >> KindShift & 0xF;

    /// <summary>A key.</summary>
    public static Cell Key(CellColour colour) => new((int)CellType.Key, colour);

    /// <summary>A ball.</summary>
    public static Cell Ball(CellColour colour) => new((int)CellType.Ball, colour);

    /// <summary>A door.</summary>
    public static Cell Door(CellColour colour, DoorState state) =>
        state switch
        {
            DoorState.Open => new Cell((int)CellType.Door, colour),
            DoorState.Closed => new Cell(ClosedDoor, colour, OpaqueBit),
            DoorState.Locked => new Cell(LockedDoor, colour, OpaqueBit),
        };

    /// <summary>The cell of a byte.</summary>
    internal static Cell OfCode(byte code) => new(code);

    /// <summary>The cell after it was toggled: doors open and close, a locked one opens for a key of its colour.</summary>
    /// <param name="carried">What the agent holds.</param>
    internal Cell Toggle(Cell carried) =>
        Kind switch
        {
            (int)CellType.Door => Door(Colour, DoorState.Closed),
            ClosedDoor => Door(Colour, DoorState.Open),
            LockedDoor when carried == Key(Colour) => Door(Colour, DoorState.Open),
            _ => this,
        };

    /// <inheritdoc/>
    public override string ToString() => Type == CellType.Door ? $"{Colour} door, {DoorState}" : $"{Colour} {Type}";
}

using System.Numerics;
using Environments.Randomness;

namespace Environments.GridWorld.Layouts;

/// <summary>
/// Rooms on both sides of a corridor. A ball, the thing to pick up, is behind a locked door on the right; the key is in one of the rooms on the left.
/// </summary>
/// <param name="roomSize">Cells per side of a room, walls included; 3 to 6.</param>
/// <param name="rows">Rooms above each other; 1 to 3.</param>
/// <remarks>Hands hold one object: the key must be dropped before the ball is picked up.</remarks>
public readonly struct KeyCorridorLayout(int roomSize, int rows) : IMiniGridLayout
{
    private const int Columns = 3;
    private const int MaxRooms = 9;

    private int Pitch => roomSize - 1; // neighbouring rooms share a wall

    /// <inheritdoc/>
    public int Width => Columns * Pitch + 1;

    /// <inheritdoc/>
    public int Height => rows * Pitch + 1;

    /// <inheritdoc/>
    public int MaxSteps => 30 * roomSize * roomSize;

    /// <inheritdoc/>
    public void Generate(ref MiniGrid grid, ref Pcg64 random)
    {
        var plan = new Plan(rows, Pitch, stackalloc byte[MaxRooms], stackalloc byte[MaxRooms], stackalloc byte[MaxRooms]);
        BuildWalls(ref grid);
        plan.DrawDoorPlaces(ref random);
        int agentRow = rows / 2;
        grid.SetAgent(Pitch + roomSize / 2, agentRow * Pitch + roomSize / 2, 0); // nothing is placed beside the middle of the corridor

        for (int row = 1; row < rows; row++)
        {
            for (int x = Pitch + 1; x < 2 * Pitch; x++)
            {
                grid[x, row * Pitch] = Cell.Empty;
            }
            plan.Connect(1, row, Side.Up);
        }

        int lockedRow = random.NextInt(0, rows);
        CellColour colour = MiniGrid.DrawColour(ref random);
        plan.AddDoor(ref grid, 2, lockedRow, Side.Left, Cell.Door(colour, DoorState.Locked));
        Cell ball = Cell.Ball(MiniGrid.DrawColour(ref random));
        PlaceInRoom(ref grid, ball, 2, lockedRow, ref random);
        PlaceInRoom(ref grid, Cell.Key(colour), 0, random.NextInt(0, rows), ref random);

        do
        {
            grid.PlaceAgent(Pitch, agentRow * Pitch, roomSize, roomSize, ref random);
        } while (grid.CellAhead != Cell.Empty && grid.CellAhead != Cell.Wall);

        while (!plan.AllConnected)
        {
            int column = random.NextInt(0, Columns);
            int row = random.NextInt(0, rows);
            var side = (Side)random.NextInt(0, 4);
            if (plan.CanAddDoor(column, row, side, lockedRow))
            {
                plan.AddDoor(ref grid, column, row, side, Cell.Door(MiniGrid.DrawColour(ref random), DoorState.Closed));
            }
        }
    }

    /// <inheritdoc/>
    public MiniGridOutcome Judge(in MiniGrid grid, MiniGridAction action) =>
        action == MiniGridAction.PickUp && grid.Carried.Type == CellType.Ball
            ? MiniGridOutcome.Success
            : MiniGridOutcome.Undecided;

    private void BuildWalls(ref MiniGrid grid)
    {
        for (int x = Pitch; x < Width - 1; x += Pitch)
        {
            grid.BuildColumn(x, 0, Height);
        }
        for (int y = Pitch; y < Height - 1; y += Pitch)
        {
            grid.BuildRow(0, y, Width);
        }
    }

    private void PlaceInRoom(ref MiniGrid grid, Cell cell, int column, int row, ref Pcg64 random) =>
        grid.Place(cell, column * Pitch, row * Pitch, roomSize, roomSize, ref random, minAgentDistance: 2);

    private enum Side
    {
        Right,
        Down,
        Left,
        Up,
    }

    /// <summary>Which rooms are connected, and where a door between two of them would be.</summary>
    private readonly ref struct Plan(int rows, int pitch, Span<byte> rightDoorY, Span<byte> lowerDoorX, Span<byte> openSides)
    {
        private readonly Span<byte> _rightDoorY = rightDoorY;
        private readonly Span<byte> _lowerDoorX = lowerDoorX;
        private readonly Span<byte> _openSides = openSides; // bit s of a room: side s has a door or no wall

        /// <summary>Whether every room can be reached from the corridor, locked doors counting as ways.</summary>
        public bool AllConnected
        {
            get
            {
                int all = (1 << Columns * rows) - 1;
                int reached = 1 << RoomAt(1, 0);
                for (int open = reached; open != 0; )
                {
                    int room = BitOperations.TrailingZeroCount(open);
                    open &= open - 1;
                    for (int sides = _openSides[room]; sides != 0; sides &= sides - 1)
                    {
                        int neighbour = 1 << room + Step((Side)BitOperations.TrailingZeroCount(sides));
                        open |= neighbour & ~reached;
                        reached |= neighbour;
                    }
                }
                return reached == all;
            }
        }

        public void DrawDoorPlaces(ref Pcg64 random)
        {
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < Columns; column++)
                {
                    int room = RoomAt(column, row);
                    if (HasNeighbour(column, row, Side.Right))
                    {
                        _rightDoorY[room] = (byte)random.NextInt(row * pitch + 1, (row + 1) * pitch);
                    }
                    if (HasNeighbour(column, row, Side.Down))
                    {
                        _lowerDoorX[room] = (byte)random.NextInt(column * pitch + 1, (column + 1) * pitch);
                    }
                }
            }
        }

        public bool CanAddDoor(int column, int row, Side side, int lockedRow)
        {
            if (!HasNeighbour(column, row, side) || (_openSides[RoomAt(column, row)] & 1 << (int)side) != 0)
            {
                return false;
            }
            int locked = RoomAt(2, lockedRow);
            return RoomAt(column, row) != locked && RoomAt(column, row) + Step(side) != locked;
        }

        public void AddDoor(ref MiniGrid grid, int column, int row, Side side, Cell door)
        {
            int room = RoomAt(column, row);
            (int x, int y) = side switch
            {
                Side.Right => ((column + 1) * pitch, (int)_rightDoorY[room]),
                Side.Left => (column * pitch, _rightDoorY[room + Step(Side.Left)]),
                Side.Down => (_lowerDoorX[room], (row + 1) * pitch),
                Side.Up => (_lowerDoorX[room + Step(Side.Up)], row * pitch),
            };
            grid[x, y] = door;
            Connect(column, row, side);
        }

        public void Connect(int column, int row, Side side)
        {
            int room = RoomAt(column, row);
            _openSides[room] |= (byte)(1 << (int)side);
            _openSides[room + Step(side)] |= (byte)(1 << ((int)side ^ 2));
        }

        private bool HasNeighbour(int column, int row, Side side) =>
            side switch
            {
                Side.Right => column < Columns - 1,
                Side.Left => column > 0,
                Side.Down => row < rows - 1,
                Side.Up => row > 0,
            };

        private static int RoomAt(int column, int row) => row * Columns + column;

        private static int Step(Side side) =>
            side switch
            {
                Side.Right => 1,
                Side.Left => -1,
                Side.Down => Columns,
                Side.Up => -Columns,
            };
    }
}

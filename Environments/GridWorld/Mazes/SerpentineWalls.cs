using Environments.Rendering;

namespace Environments.GridWorld.Mazes;

/// <summary>A square maze that four walls, alternately open at the right and at the left, fold into one long way.</summary>
/// <remarks>
/// The walls lie at 20, 40, 60 and 80 % of the interior's height and are as long as 80 % of its width (Meier and Mujika 2022).
/// Cells are numbered row × size + column; the way begins at cell (1, 1).
/// </remarks>
internal sealed class SerpentineWalls
{
    private readonly bool[] _walls;

    /// <summary>A maze of <paramref name="size"/> × <paramref name="size"/> cells, the border included.</summary>
    public SerpentineWalls(int size)
    {
        Size = size;
        _walls = new bool[size * size];
        int interior = size - 2;
        int length = interior * 8 / 10;
        for (int i = 0; i < size; i++)
        {
            _walls[i] = _walls[(size - 1) * size + i] = _walls[i * size] = _walls[i * size + size - 1] = true;
        }
        for (int wall = 1; wall <= 4; wall++)
        {
            int row = interior * 2 * wall / 10 + 1;
            int firstColumn = wall % 2 == 1 ? 1 : interior + 1 - length;
            _walls.AsSpan(row * size + firstColumn, length).Fill(true);
        }
    }

    public int Size { get; }

    public int Start => Size + 1;

    public int CellCount => _walls.Length;

    public bool this[int cell] => _walls[cell];

    /// <summary>Where a step in one of the <see cref="CellPainter.Directions"/> leads: into walls nowhere.</summary>
    public int Move(int cell, int direction)
    {
        int next = Neighbour(cell, direction);
        return _walls[cell] || _walls[next] ? cell : next;
    }

    /// <summary>One bit per direction, set where a wall is next to a free cell.</summary>
    public int WallPattern(int cell)
    {
        int pattern = 0;
        for (int direction = 0; direction < 4; direction++)
        {
            pattern |= _walls[Neighbour(cell, direction)] ? 1 << direction : 0;
        }
        return pattern;
    }

    public void Draw(CellPainter painter)
    {
        for (int cell = 0; cell < _walls.Length; cell++)
        {
            painter.Square(
                cell / Size,
                cell % Size,
                _walls[cell] ? new SkiaSharp.SKColor(70, 76, 88) : new SkiaSharp.SKColor(238, 238, 232)
            );
        }
    }

    private int Neighbour(int cell, int direction)
    {
        (int row, int column) = CellPainter.Directions[direction];
        return Math.Clamp(cell + row * Size + column, 0, _walls.Length - 1);
    }
}

namespace Environments.MinAtar;

/// <summary>Something that crosses the sea of <see cref="Seaquest"/> in a row: a bullet, a diver, a fish or an enemy submarine.</summary>
internal record struct Swimmer
{
    public Swimmer(int row, int column, int step)
    {
        Row = (sbyte)row;
        X = (sbyte)column;
        Step = (sbyte)step;
    }

    public sbyte Row { get; }

    /// <summary>Column; outside of the board just before it is removed.</summary>
    public sbyte X { get; set; }

    /// <summary>Columns per move, ±1.</summary>
    public sbyte Step { get; }

    /// <summary>Steps until its next move; 0 for bullets, which always move.</summary>
    public sbyte MoveTimer { get; set; }

    /// <summary>Steps until its next shot; 0 for whatever does not shoot.</summary>
    public sbyte ShotTimer { get; set; }

    /// <summary>Whether it has left the board.</summary>
    public readonly bool IsGone => !Board.Contains(X);

    public readonly bool IsAt(int row, int column) => X == column && Row == row;

    /// <summary>Column of the cell behind it.</summary>
    public readonly int Behind => X - Step;

    public void Advance() => X += Step;
}

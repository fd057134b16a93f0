namespace Agents.Programs;

/// <summary>Where the last steps of an episode lie within a row of state: as a ring, of which each step overwrites the oldest row.</summary>
/// <remarks>
/// Step p of the episode lies in row p mod M. The age n counts the episode's steps and returns from 2 M to M, so that it stays exact in float32: the
/// next row to write is n mod M, and min(n, M) rows are filled; the others are 0. Age 0, as in a state of zeros, is the start of an episode.
/// </remarks>
/// <param name="Offset">First number of the ring within a row of state.</param>
/// <param name="Length">Rows, M.</param>
/// <param name="Width">Numbers of a row.</param>
internal readonly record struct Ring(int Offset, int Length, int Width)
{
    /// <summary>Numbers of all rows.</summary>
    public int Size => Length * Width;

    /// <summary>The age that a number of the state stands for, whoever wrote it: 0 to 2 M − 1.</summary>
    public static int AgeOf(float number, int length) => (int)Math.Clamp(float.IsNaN(number) ? 0 : number, 0, 2 * length - 1);

    /// <summary>The age one step later.</summary>
    public static int NextAge(int age, int length) => age + 1 == 2 * length ? length : age + 1;
}

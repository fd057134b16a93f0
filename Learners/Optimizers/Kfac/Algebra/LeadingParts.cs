using System.Numerics;

namespace Learners.Optimizers.Kfac;

/// <summary>Which products of eigenvalues of two factors count beside the damping: a strip of rows, and a strip of columns of the rows below.</summary>
/// <remarks>
/// Where eigenvalues fall fast, products that count lie along the two axes: a great one with any, small ones with great ones only.
/// <code>
///                 BelowColumns   RowColumns
///               ┌──────────────┬────────────┬───┐
///   StripRows   │  count       │  count     │   │
///               ├──────────────┼────────────┘   │
///   Rows        │  count       │                │
///               ├──────────────┘                │
///               └───────────────────────────────┘
/// </code>
/// </remarks>
/// <param name="StripRows">Rows of the first strip.</param>
/// <param name="StripColumns">Columns that count in it.</param>
/// <param name="Rows">Rows of both strips.</param>
/// <param name="BelowColumns">Columns that count below the first strip.</param>
/// <param name="Cost">Multiplications of a solve with these.</param>
internal readonly record struct LeadingParts(int StripRows, int StripColumns, int Rows, int BelowColumns, long Cost)
{
    // Rows that a kernel computes at a time.
    private const int Tile = 4;

    // Multiplications that take as long as moving a number of the gradient in and out of another order.
    private const int Move = 16;

    /// <summary>The parts that cost least.</summary>
    /// <param name="rowValues">Eigenvalues of one factor, falling or nearly so.</param>
    /// <param name="columnValues">Those of the other.</param>
    /// <param name="limit">The least product that counts.</param>
    /// <param name="scratch">As many numbers as there are columns.</param>
    public static LeadingParts Choose<T>(ReadOnlySpan<T> rowValues, ReadOnlySpan<T> columnValues, T limit, Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int rows, int columns) = (rowValues.Length, columnValues.Length);
        T greatest = T.Zero;
        for (int column = columns - 1; column >= 0; column--)
        {
            greatest = columnValues[column] > greatest ? columnValues[column] : greatest;
            scratch[column] = greatest; // the greatest from here on
        }
        var best = new LeadingParts(0, 0, 0, 0, long.MaxValue);
        greatest = T.Zero;
        int leading = 0;
        int counting = 0;
        // Upwards: with every row more columns count. A strip that ends above this row leaves it and those below to the second.
        for (int row = rows - 1; row >= -1; row--)
        {
            int below = Math.Min(columns, (counting + Tile - 1) / Tile * Tile);
            if (row >= 0)
            {
                greatest = rowValues[row] > greatest ? rowValues[row] : greatest;
                while (counting < columns && greatest * scratch[counting] >= limit)
                {
                    counting++;
                }
                leading = leading == 0 && counting > 0 ? row + 1 : leading;
            }
            int strip = row + 1;
            if (strip == leading || (strip < leading && strip % Tile == 0))
            {
                long cost = (long)strip * columns * (2 * rows + 2 * columns);
                long second = below * ((long)rows * (2 * columns + rows + leading - strip)) + (long)rows * columns * Move;
                cost += strip < leading ? second : 0;
                best = cost < best.Cost ? new(strip, 0, leading, strip < leading ? below : 0, cost) : best;
            }
        }
        return best with { StripColumns = counting, Rows = leading };
    }
}

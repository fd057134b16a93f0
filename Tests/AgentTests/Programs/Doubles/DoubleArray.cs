using Agents.Programs.Execution;

namespace Tests.AgentTests.Programs.Doubles;

/// <summary>Rows and columns in double precision.</summary>
internal sealed class DoubleArray(int rows, int columns)
{
    public int Rows => rows;

    public int Columns => columns;

    public double[] Numbers { get; } = new double[rows * columns];

    public double this[int row, int column]
    {
        get => Numbers[row * Columns + column];
        set => Numbers[row * Columns + column] = value;
    }

    /// <summary>The number at a place of a larger array that this one is repeated to.</summary>
    public double At(int row, int column) => this[Rows == 1 ? 0 : row, Columns == 1 ? 0 : column];

    public static DoubleArray Of(ReadOnlySpan<float> numbers, int rows, int columns)
    {
        var array = new DoubleArray(rows, columns);
        for (int i = 0; i < array.Numbers.Length; i++)
        {
            array.Numbers[i] = numbers[i];
        }
        return array;
    }

    public static DoubleArray Make(int rows, int columns, Func<int, int, double> number)
    {
        var array = new DoubleArray(rows, columns);
        for (int i = 0; i < array.Numbers.Length; i++)
        {
            array.Numbers[i] = number(i / columns, i % columns);
        }
        return array;
    }

    public DoubleArray Map(Func<double, double> function) => Make(Rows, Columns, (row, column) => function(this[row, column]));
}

/// <summary>What interpreters do to arrays in double precision.</summary>
internal sealed class DoubleArrays : IArrays<DoubleArray>
{
    public DoubleArray Of(ReadOnlySpan<float> numbers, int rows, int columns) => DoubleArray.Of(numbers, rows, columns);

    public DoubleArray Zeros(int rows, int columns) => new(rows, columns);

    public int RowsOf(DoubleArray array) => array.Rows;

    public DoubleArray Slice(DoubleArray array, int first, int rows) =>
        DoubleArray.Make(rows, array.Columns, (row, column) => array[first + row, column]);

    public DoubleArray Stack(ReadOnlySpan<DoubleArray> arrays)
    {
        DoubleArray[] parts = arrays.ToArray();
        int rows = parts[0].Rows;
        return DoubleArray.Make(rows * parts.Length, parts[0].Columns, (row, column) => parts[row / rows][row % rows, column]);
    }

    public DoubleArray Kept(DoubleArray array, DoubleArray keep) =>
        DoubleArray.Make(array.Rows, array.Columns, (row, column) => keep[row, 0] != 0 ? array[row, column] : 0);
}

namespace Agents.Programs.Execution;

/// <summary>What an interpreter itself does to arrays; all else is in a table of operators' forms.</summary>
/// <typeparam name="T">An array of rows and columns.</typeparam>
internal interface IArrays<T>
{
    /// <summary>An array of numbers, row-major.</summary>
    T Of(ReadOnlySpan<float> numbers, int rows, int columns);

    /// <summary>An array of zeros.</summary>
    T Zeros(int rows, int columns);

    /// <summary>Rows of an array.</summary>
    int RowsOf(T array);

    /// <summary>Some neighbouring rows.</summary>
    T Slice(T array, int first, int rows);

    /// <summary>Arrays beneath each other.</summary>
    T Stack(ReadOnlySpan<T> arrays);

    /// <summary>Rows of an array where a column is not 0, else 0.</summary>
    T Kept(T array, T keep);
}

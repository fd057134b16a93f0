using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Kernels;

/// <summary>C = A B for small matrices, register-blocked: a tile of 4 rows × 4 registers of C stays in registers while k runs.</summary>
/// <remarks>
/// B and C are row-major, so columns lie along a register; A is read one number at a time and may have any strides. Forward (x Wᵀ with
/// a transposed weight), backward to the input (dy W) and backward to the weight (dyᵀ x) are all this one product. The order of additions
/// over k does not depend on the number of rows, so a row gives the same bits alone and in a batch.
/// </remarks>
internal static partial class MatrixProduct
{
    private const int TileRows = 4;

    // A panel of B that does not stay in the first cache, or whose rows lie a power of two apart and evict each other there, is copied
    // before more than this many rows of A read it, so many rows of the panel at a time.
    private const int PackedRows = 16;
    private const int PackedInner = 64;
    private const int LargeB = 8_192;

    [ThreadStatic]
    private static float[]? _packed;

    /// <summary>C[m, n] = bias[n] + Σ_k A[m, k] B[k, n], or C += Σ where <paramref name="accumulate"/> is set.</summary>
    /// <param name="a">A; element (m, k) is at m × aRow + k × aColumn.</param>
    /// <param name="aRow">Floats between rows of A.</param>
    /// <param name="aColumn">Floats between columns of A.</param>
    /// <param name="b">B, <c>[inner, columns]</c> row-major.</param>
    /// <param name="bias">Start of every row of C, <c>[columns]</c>; empty for 0.</param>
    /// <param name="c">C, <c>[rows, columns]</c> row-major; must not overlap the others.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="inner">Columns of A, rows of B.</param>
    /// <param name="accumulate">Whether C is added to; <paramref name="bias"/> is then ignored.</param>
    public static void Multiply(
        ReadOnlySpan<float> a,
        int aRow,
        int aColumn,
        ReadOnlySpan<float> b,
        ReadOnlySpan<float> bias,
        Span<float> c,
        int rows,
        int columns,
        int inner,
        bool accumulate
    )
    {
        long lastOfA = (long)(rows - 1) * aRow + (long)(inner - 1) * aColumn;
        if (rows < 1 || inner < 1 || lastOfA >= a.Length || (long)inner * columns > b.Length || (long)rows * columns > c.Length)
        {
            throw new ArgumentException(
                $"A product of {rows} × {inner} and {inner} × {columns} does not fit {a.Length}, {b.Length} and {c.Length} floats."
            );
        }
        if (!bias.IsEmpty && bias.Length < columns)
        {
            throw new ArgumentException($"{columns} columns need as many biases; {bias.Length} were given.", nameof(bias));
        }
        var shape = new Shape(aRow, aColumn, columns, 0, rows, columns, inner, accumulate);
        ref float pa = ref MemoryMarshal.GetReference(a);
        ref float pb = ref MemoryMarshal.GetReference(b);
        ref float pbias = ref MemoryMarshal.GetReference(bias);
        ref float pc = ref MemoryMarshal.GetReference(c);
        int done = Vector512.IsHardwareAccelerated
            ? Panels<Simd512, Vector512<float>>(ref pa, ref pb, ref pbias, !bias.IsEmpty, ref pc, 0, shape)
            : 0;
        done = Panels<Simd256, Vector256<float>>(ref pa, ref pb, ref pbias, !bias.IsEmpty, ref pc, done, shape);
        Rest(ref pa, ref pb, ref pbias, !bias.IsEmpty, ref pc, done, shape);
    }

    /// <summary>Columns in panels of four registers, of two, then of one; returns the first column that fills no register.</summary>
    private static int Panels<TSimd, TVector>(
        ref float a,
        ref float b,
        ref float bias,
        bool hasBias,
        ref float c,
        int first,
        in Shape shape
    )
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int column = first;
        bool pack = shape.Rows >= PackedRows && (long)shape.Inner * shape.Columns > LargeB;
        for (; column + 4 * TSimd.Width <= shape.Columns; column += 4 * TSimd.Width)
        {
            if (pack)
            {
                PackedPanel<TSimd, TVector>(ref a, ref b, ref bias, hasBias, ref c, column, shape);
            }
            else
            {
                Panel<TSimd, TVector>(ref a, ref b, ref bias, hasBias, ref c, column, shape);
            }
        }
        for (; column + 2 * TSimd.Width <= shape.Columns; column += 2 * TSimd.Width)
        {
            int row = 0;
            for (; row + TileRows <= shape.Rows; row += TileRows)
            {
                Tile4x2<TSimd, TVector>(ref a, ref b, ref bias, hasBias, ref c, row, column, shape);
            }
            for (; row < shape.Rows; row++)
            {
                Tile1x1<TSimd, TVector>(ref a, ref b, ref bias, hasBias, ref c, row, column, shape);
                Tile1x1<TSimd, TVector>(ref a, ref b, ref bias, hasBias, ref c, row, column + TSimd.Width, shape);
            }
        }
        for (; column + TSimd.Width <= shape.Columns; column += TSimd.Width)
        {
            int row = 0;
            for (; row + TileRows <= shape.Rows; row += TileRows)
            {
                Tile4x1<TSimd, TVector>(ref a, ref b, ref bias, hasBias, ref c, row, column, shape);
            }
            for (; row < shape.Rows; row++)
            {
                Tile1x1<TSimd, TVector>(ref a, ref b, ref bias, hasBias, ref c, row, column, shape);
            }
        }
        return column;
    }

    private static void Panel<TSimd, TVector>(
        ref float a,
        ref float b,
        ref float bias,
        bool hasBias,
        ref float c,
        int column,
        in Shape shape
    )
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int row = 0;
        for (; row + TileRows <= shape.Rows; row += TileRows)
        {
            Tile4x4<TSimd, TVector>(ref a, ref b, ref bias, hasBias, ref c, row, column, shape);
        }
        for (; row < shape.Rows; row++)
        {
            Tile1x4<TSimd, TVector>(ref a, ref b, ref bias, hasBias, ref c, row, column, shape);
        }
    }

    /// <summary>A panel through copies of its rows; sums pass through C between them, which changes none of their bits.</summary>
    private static void PackedPanel<TSimd, TVector>(
        ref float a,
        ref float b,
        ref float bias,
        bool hasBias,
        ref float c,
        int column,
        in Shape shape
    )
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int width = TSimd.Width;
        ref float packed = ref MemoryMarshal.GetArrayDataReference(
            _packed ??= new float[PackedInner * 4 * Vector512<float>.Count]
        );
        for (int first = 0; first < shape.Inner; first += PackedInner)
        {
            int inner = Math.Min(PackedInner, shape.Inner - first);
            ref float from = ref Unsafe.Add(ref b, (nint)first * shape.BRow + column);
            ref float to = ref packed;
            for (int k = 0; k < inner; k++)
            {
                TSimd.Store(TSimd.Load(ref from, 0), ref to, 0);
                TSimd.Store(TSimd.Load(ref from, width), ref to, width);
                TSimd.Store(TSimd.Load(ref from, 2 * width), ref to, 2 * width);
                TSimd.Store(TSimd.Load(ref from, 3 * width), ref to, 3 * width);
                from = ref Unsafe.Add(ref from, shape.BRow);
                to = ref Unsafe.Add(ref to, 4 * width);
            }
            Shape part = shape with
            {
                BRow = 4 * width,
                BFirst = column,
                Inner = inner,
                Accumulate = shape.Accumulate || first > 0,
            };
            ref float shifted = ref Unsafe.Add(ref a, (nint)first * shape.AColumn);
            Panel<TSimd, TVector>(ref shifted, ref packed, ref bias, hasBias, ref c, column, part);
        }
    }

    /// <param name="ARow">Floats between rows of A.</param>
    /// <param name="AColumn">Floats between columns of A.</param>
    /// <param name="BRow">Floats between rows of B.</param>
    /// <param name="BFirst">Column of C that the first column of B belongs to.</param>
    /// <param name="Rows">Rows of A and C.</param>
    /// <param name="Columns">Columns of C.</param>
    /// <param name="Inner">Columns of A, rows of B.</param>
    /// <param name="Accumulate">Whether C is added to.</param>
    private readonly record struct Shape(
        int ARow,
        int AColumn,
        int BRow,
        int BFirst,
        int Rows,
        int Columns,
        int Inner,
        bool Accumulate
    );
}

using System.Runtime.CompilerServices;

namespace Agents.Kernels;

/// <content>The tiles: rows × registers of C that stay in registers while k runs.</content>
internal static partial class MatrixProduct
{
    private static void Tile4x4<TSimd, TVector>(
        ref float a,
        ref float b,
        ref float bias,
        bool hasBias,
        ref float c,
        int row,
        int column,
        in Shape shape
    )
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint width = TSimd.Width;
        nint ldc = shape.Columns;
        nint ldb = shape.BRow;
        ref float tile = ref Unsafe.Add(ref c, row * ldc + column);
        ref float a0 = ref Unsafe.Add(ref a, row * (nint)shape.ARow);
        ref float a1 = ref Unsafe.Add(ref a0, shape.ARow);
        ref float a2 = ref Unsafe.Add(ref a1, shape.ARow);
        ref float a3 = ref Unsafe.Add(ref a2, shape.ARow);
        ref float panel = ref Unsafe.Add(ref b, column - shape.BFirst);
        TVector c00,
            c01,
            c02,
            c03,
            c10,
            c11,
            c12,
            c13,
            c20,
            c21,
            c22,
            c23,
            c30,
            c31,
            c32,
            c33;
        if (shape.Accumulate)
        {
            c00 = TSimd.Load(ref tile, 0);
            c01 = TSimd.Load(ref tile, width);
            c02 = TSimd.Load(ref tile, 2 * width);
            c03 = TSimd.Load(ref tile, 3 * width);
            c10 = TSimd.Load(ref tile, ldc);
            c11 = TSimd.Load(ref tile, ldc + width);
            c12 = TSimd.Load(ref tile, ldc + 2 * width);
            c13 = TSimd.Load(ref tile, ldc + 3 * width);
            c20 = TSimd.Load(ref tile, 2 * ldc);
            c21 = TSimd.Load(ref tile, 2 * ldc + width);
            c22 = TSimd.Load(ref tile, 2 * ldc + 2 * width);
            c23 = TSimd.Load(ref tile, 2 * ldc + 3 * width);
            c30 = TSimd.Load(ref tile, 3 * ldc);
            c31 = TSimd.Load(ref tile, 3 * ldc + width);
            c32 = TSimd.Load(ref tile, 3 * ldc + 2 * width);
            c33 = TSimd.Load(ref tile, 3 * ldc + 3 * width);
        }
        else if (hasBias)
        {
            c00 = c10 = c20 = c30 = TSimd.Load(ref bias, column);
            c01 = c11 = c21 = c31 = TSimd.Load(ref bias, column + width);
            c02 = c12 = c22 = c32 = TSimd.Load(ref bias, column + 2 * width);
            c03 = c13 = c23 = c33 = TSimd.Load(ref bias, column + 3 * width);
        }
        else
        {
            c00 = c01 = c02 = c03 = c10 = c11 = c12 = c13 = c20 = c21 = c22 = c23 = c30 = c31 = c32 = c33 = default;
        }
        nint step = shape.AColumn;
        for (int k = shape.Inner; k > 0; k--)
        {
            TVector b0 = TSimd.Load(ref panel, 0);
            TVector b1 = TSimd.Load(ref panel, width);
            TVector b2 = TSimd.Load(ref panel, 2 * width);
            TVector b3 = TSimd.Load(ref panel, 3 * width);
            TVector x = TSimd.Broadcast(a0);
            c00 = TSimd.MultiplyAdd(x, b0, c00);
            c01 = TSimd.MultiplyAdd(x, b1, c01);
            c02 = TSimd.MultiplyAdd(x, b2, c02);
            c03 = TSimd.MultiplyAdd(x, b3, c03);
            x = TSimd.Broadcast(a1);
            c10 = TSimd.MultiplyAdd(x, b0, c10);
            c11 = TSimd.MultiplyAdd(x, b1, c11);
            c12 = TSimd.MultiplyAdd(x, b2, c12);
            c13 = TSimd.MultiplyAdd(x, b3, c13);
            x = TSimd.Broadcast(a2);
            c20 = TSimd.MultiplyAdd(x, b0, c20);
            c21 = TSimd.MultiplyAdd(x, b1, c21);
            c22 = TSimd.MultiplyAdd(x, b2, c22);
            c23 = TSimd.MultiplyAdd(x, b3, c23);
            x = TSimd.Broadcast(a3);
            c30 = TSimd.MultiplyAdd(x, b0, c30);
            c31 = TSimd.MultiplyAdd(x, b1, c31);
            c32 = TSimd.MultiplyAdd(x, b2, c32);
            c33 = TSimd.MultiplyAdd(x, b3, c33);
            a0 = ref Unsafe.Add(ref a0, step);
            a1 = ref Unsafe.Add(ref a1, step);
            a2 = ref Unsafe.Add(ref a2, step);
            a3 = ref Unsafe.Add(ref a3, step);
            panel = ref Unsafe.Add(ref panel, ldb);
        }
        TSimd.Store(c00, ref tile, 0);
        TSimd.Store(c01, ref tile, width);
        TSimd.Store(c02, ref tile, 2 * width);
        TSimd.Store(c03, ref tile, 3 * width);
        TSimd.Store(c10, ref tile, ldc);
        TSimd.Store(c11, ref tile, ldc + width);
        TSimd.Store(c12, ref tile, ldc + 2 * width);
        TSimd.Store(c13, ref tile, ldc + 3 * width);
        TSimd.Store(c20, ref tile, 2 * ldc);
        TSimd.Store(c21, ref tile, 2 * ldc + width);
        TSimd.Store(c22, ref tile, 2 * ldc + 2 * width);
        TSimd.Store(c23, ref tile, 2 * ldc + 3 * width);
        TSimd.Store(c30, ref tile, 3 * ldc);
        TSimd.Store(c31, ref tile, 3 * ldc + width);
        TSimd.Store(c32, ref tile, 3 * ldc + 2 * width);
        TSimd.Store(c33, ref tile, 3 * ldc + 3 * width);
    }

    private static void Tile1x4<TSimd, TVector>(
        ref float a,
        ref float b,
        ref float bias,
        bool hasBias,
        ref float c,
        int row,
        int column,
        in Shape shape
    )
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint width = TSimd.Width;
        ref float tile = ref Unsafe.Add(ref c, (nint)row * shape.Columns + column);
        ref float start = ref shape.Accumulate ? ref tile : ref Unsafe.Add(ref bias, column);
        ref float x = ref Unsafe.Add(ref a, row * (nint)shape.ARow);
        ref float panel = ref Unsafe.Add(ref b, column - shape.BFirst);
        TVector c0,
            c1,
            c2,
            c3;
        if (shape.Accumulate || hasBias)
        {
            c0 = TSimd.Load(ref start, 0);
            c1 = TSimd.Load(ref start, width);
            c2 = TSimd.Load(ref start, 2 * width);
            c3 = TSimd.Load(ref start, 3 * width);
        }
        else
        {
            c0 = c1 = c2 = c3 = default;
        }
        nint step = shape.AColumn;
        for (int k = shape.Inner; k > 0; k--)
        {
            TVector value = TSimd.Broadcast(x);
            c0 = TSimd.MultiplyAdd(value, TSimd.Load(ref panel, 0), c0);
            c1 = TSimd.MultiplyAdd(value, TSimd.Load(ref panel, width), c1);
            c2 = TSimd.MultiplyAdd(value, TSimd.Load(ref panel, 2 * width), c2);
            c3 = TSimd.MultiplyAdd(value, TSimd.Load(ref panel, 3 * width), c3);
            x = ref Unsafe.Add(ref x, step);
            panel = ref Unsafe.Add(ref panel, shape.BRow);
        }
        TSimd.Store(c0, ref tile, 0);
        TSimd.Store(c1, ref tile, width);
        TSimd.Store(c2, ref tile, 2 * width);
        TSimd.Store(c3, ref tile, 3 * width);
    }

    private static void Tile4x2<TSimd, TVector>(
        ref float a,
        ref float b,
        ref float bias,
        bool hasBias,
        ref float c,
        int row,
        int column,
        in Shape shape
    )
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint width = TSimd.Width;
        nint ldc = shape.Columns;
        nint ldb = shape.BRow;
        ref float tile = ref Unsafe.Add(ref c, row * ldc + column);
        ref float a0 = ref Unsafe.Add(ref a, row * (nint)shape.ARow);
        ref float a1 = ref Unsafe.Add(ref a0, shape.ARow);
        ref float a2 = ref Unsafe.Add(ref a1, shape.ARow);
        ref float a3 = ref Unsafe.Add(ref a2, shape.ARow);
        ref float panel = ref Unsafe.Add(ref b, column - shape.BFirst);
        TVector c00,
            c01,
            c10,
            c11,
            c20,
            c21,
            c30,
            c31;
        if (shape.Accumulate)
        {
            c00 = TSimd.Load(ref tile, 0);
            c01 = TSimd.Load(ref tile, width);
            c10 = TSimd.Load(ref tile, ldc);
            c11 = TSimd.Load(ref tile, ldc + width);
            c20 = TSimd.Load(ref tile, 2 * ldc);
            c21 = TSimd.Load(ref tile, 2 * ldc + width);
            c30 = TSimd.Load(ref tile, 3 * ldc);
            c31 = TSimd.Load(ref tile, 3 * ldc + width);
        }
        else if (hasBias)
        {
            c00 = c10 = c20 = c30 = TSimd.Load(ref bias, column);
            c01 = c11 = c21 = c31 = TSimd.Load(ref bias, column + width);
        }
        else
        {
            c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = default;
        }
        nint step = shape.AColumn;
        for (int k = shape.Inner; k > 0; k--)
        {
            TVector b0 = TSimd.Load(ref panel, 0);
            TVector b1 = TSimd.Load(ref panel, width);
            TVector x = TSimd.Broadcast(a0);
            c00 = TSimd.MultiplyAdd(x, b0, c00);
            c01 = TSimd.MultiplyAdd(x, b1, c01);
            x = TSimd.Broadcast(a1);
            c10 = TSimd.MultiplyAdd(x, b0, c10);
            c11 = TSimd.MultiplyAdd(x, b1, c11);
            x = TSimd.Broadcast(a2);
            c20 = TSimd.MultiplyAdd(x, b0, c20);
            c21 = TSimd.MultiplyAdd(x, b1, c21);
            x = TSimd.Broadcast(a3);
            c30 = TSimd.MultiplyAdd(x, b0, c30);
            c31 = TSimd.MultiplyAdd(x, b1, c31);
            a0 = ref Unsafe.Add(ref a0, step);
            a1 = ref Unsafe.Add(ref a1, step);
            a2 = ref Unsafe.Add(ref a2, step);
            a3 = ref Unsafe.Add(ref a3, step);
            panel = ref Unsafe.Add(ref panel, ldb);
        }
        TSimd.Store(c00, ref tile, 0);
        TSimd.Store(c01, ref tile, width);
        TSimd.Store(c10, ref tile, ldc);
        TSimd.Store(c11, ref tile, ldc + width);
        TSimd.Store(c20, ref tile, 2 * ldc);
        TSimd.Store(c21, ref tile, 2 * ldc + width);
        TSimd.Store(c30, ref tile, 3 * ldc);
        TSimd.Store(c31, ref tile, 3 * ldc + width);
    }

    private static void Tile4x1<TSimd, TVector>(
        ref float a,
        ref float b,
        ref float bias,
        bool hasBias,
        ref float c,
        int row,
        int column,
        in Shape shape
    )
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        nint ldc = shape.Columns;
        nint ldb = shape.BRow;
        ref float tile = ref Unsafe.Add(ref c, row * ldc + column);
        ref float a0 = ref Unsafe.Add(ref a, row * (nint)shape.ARow);
        ref float a1 = ref Unsafe.Add(ref a0, shape.ARow);
        ref float a2 = ref Unsafe.Add(ref a1, shape.ARow);
        ref float a3 = ref Unsafe.Add(ref a2, shape.ARow);
        ref float panel = ref Unsafe.Add(ref b, column - shape.BFirst);
        TVector c0,
            c1,
            c2,
            c3;
        if (shape.Accumulate)
        {
            c0 = TSimd.Load(ref tile, 0);
            c1 = TSimd.Load(ref tile, ldc);
            c2 = TSimd.Load(ref tile, 2 * ldc);
            c3 = TSimd.Load(ref tile, 3 * ldc);
        }
        else
        {
            c0 = c1 = c2 = c3 = hasBias ? TSimd.Load(ref bias, column) : default;
        }
        nint step = shape.AColumn;
        for (int k = shape.Inner; k > 0; k--)
        {
            TVector b0 = TSimd.Load(ref panel, 0);
            c0 = TSimd.MultiplyAdd(TSimd.Broadcast(a0), b0, c0);
            c1 = TSimd.MultiplyAdd(TSimd.Broadcast(a1), b0, c1);
            c2 = TSimd.MultiplyAdd(TSimd.Broadcast(a2), b0, c2);
            c3 = TSimd.MultiplyAdd(TSimd.Broadcast(a3), b0, c3);
            a0 = ref Unsafe.Add(ref a0, step);
            a1 = ref Unsafe.Add(ref a1, step);
            a2 = ref Unsafe.Add(ref a2, step);
            a3 = ref Unsafe.Add(ref a3, step);
            panel = ref Unsafe.Add(ref panel, ldb);
        }
        TSimd.Store(c0, ref tile, 0);
        TSimd.Store(c1, ref tile, ldc);
        TSimd.Store(c2, ref tile, 2 * ldc);
        TSimd.Store(c3, ref tile, 3 * ldc);
    }

    private static void Tile1x1<TSimd, TVector>(
        ref float a,
        ref float b,
        ref float bias,
        bool hasBias,
        ref float c,
        int row,
        int column,
        in Shape shape
    )
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        ref float tile = ref Unsafe.Add(ref c, (nint)row * shape.Columns + column);
        ref float x = ref Unsafe.Add(ref a, row * (nint)shape.ARow);
        ref float panel = ref Unsafe.Add(ref b, column - shape.BFirst);
        TVector sum =
            shape.Accumulate ? TSimd.Load(ref tile, 0)
            : hasBias ? TSimd.Load(ref bias, column)
            : default;
        for (int k = 0; k < shape.Inner; k++)
        {
            sum = TSimd.MultiplyAdd(TSimd.Broadcast(x), TSimd.Load(ref panel, 0), sum);
            x = ref Unsafe.Add(ref x, shape.AColumn);
            panel = ref Unsafe.Add(ref panel, shape.BRow);
        }
        TSimd.Store(sum, ref tile, 0);
    }
}

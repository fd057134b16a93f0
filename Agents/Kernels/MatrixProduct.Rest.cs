using System.Runtime.CompilerServices;

namespace Agents.Kernels;

/// <content>The columns that fill no register.</content>
internal static partial class MatrixProduct
{
    /// <summary>The columns that fill no register, eight rows at a time so that their sums do not wait for each other.</summary>
    private static void Rest(ref float a, ref float b, ref float bias, bool hasBias, ref float c, int first, in Shape shape)
    {
        const int half = TileRows;
        Span<float> sums = stackalloc float[2 * half];
        for (int column = first; column < shape.Columns; column++)
        {
            float start = hasBias ? Unsafe.Add(ref bias, column) : 0;
            int row = 0;
            for (; row + 2 * half <= shape.Rows; row += 2 * half)
            {
                ref float x = ref Unsafe.Add(ref a, row * (nint)shape.ARow);
                ref float y = ref Unsafe.Add(ref x, half * (nint)shape.ARow);
                ref float panel = ref Unsafe.Add(ref b, column);
                ref float tile = ref Unsafe.Add(ref c, (nint)row * shape.Columns + column);
                for (int i = 0; i < sums.Length; i++)
                {
                    sums[i] = shape.Accumulate ? Unsafe.Add(ref tile, i * (nint)shape.Columns) : start;
                }
                (float s0, float s1, float s2, float s3) = (sums[0], sums[1], sums[2], sums[3]);
                (float s4, float s5, float s6, float s7) = (sums[4], sums[5], sums[6], sums[7]);
                for (int k = 0; k < shape.Inner; k++)
                {
                    float value = panel;
                    s0 = float.FusedMultiplyAdd(x, value, s0);
                    s1 = float.FusedMultiplyAdd(Unsafe.Add(ref x, shape.ARow), value, s1);
                    s2 = float.FusedMultiplyAdd(Unsafe.Add(ref x, 2 * shape.ARow), value, s2);
                    s3 = float.FusedMultiplyAdd(Unsafe.Add(ref x, 3 * shape.ARow), value, s3);
                    s4 = float.FusedMultiplyAdd(y, value, s4);
                    s5 = float.FusedMultiplyAdd(Unsafe.Add(ref y, shape.ARow), value, s5);
                    s6 = float.FusedMultiplyAdd(Unsafe.Add(ref y, 2 * shape.ARow), value, s6);
                    s7 = float.FusedMultiplyAdd(Unsafe.Add(ref y, 3 * shape.ARow), value, s7);
                    x = ref Unsafe.Add(ref x, shape.AColumn);
                    y = ref Unsafe.Add(ref y, shape.AColumn);
                    panel = ref Unsafe.Add(ref panel, shape.Columns);
                }
                (sums[0], sums[1], sums[2], sums[3]) = (s0, s1, s2, s3);
                (sums[4], sums[5], sums[6], sums[7]) = (s4, s5, s6, s7);
                for (int i = 0; i < sums.Length; i++)
                {
                    Unsafe.Add(ref tile, i * (nint)shape.Columns) = sums[i];
                }
            }
            for (; row < shape.Rows; row++)
            {
                ref float tile = ref Unsafe.Add(ref c, (nint)row * shape.Columns + column);
                ref float x = ref Unsafe.Add(ref a, row * (nint)shape.ARow);
                float sum = shape.Accumulate ? tile : start;
                for (int k = 0; k < shape.Inner; k++)
                {
                    sum = float.FusedMultiplyAdd(
                        Unsafe.Add(ref x, k * (nint)shape.AColumn),
                        Unsafe.Add(ref b, (nint)k * shape.Columns + column),
                        sum
                    );
                }
                tile = sum;
            }
        }
    }
}

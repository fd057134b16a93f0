using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Agents.Kernels;
using Xunit;

namespace Tests.AgentTests.Kernels;

public sealed class ArithmeticTests
{
    private static readonly float[] Special = [0f, -0f, 1f, -2.5f, 1e-40f, float.MaxValue, float.PositiveInfinity, float.NaN];

    public static TheoryData<int> Lengths => [1, 3, 7, 8, 15, 16, 17, 31, 40, 64, 100];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Apply_AnyLength_GivesTheBitsOfTensorPrimitives(int length)
    {
        for (int shift = 0; shift < Special.Length; shift++)
        {
            float[] a = [.. Enumerable.Range(0, length).Select(i => Special[i % Special.Length])];
            float[] b = [.. Enumerable.Range(0, length).Select(i => Special[(i + shift) % Special.Length])];
            float[] y = new float[length];
            float[] expected = new float[length];

            Arithmetic.Apply<SumOf>(a, b, y);
            TensorPrimitives.Add(a, b, expected);
            Equal(expected, y);
            Arithmetic.Apply<DifferenceOf>(a, b, y);
            TensorPrimitives.Subtract(a, b, expected);
            Equal(expected, y);
            Arithmetic.Apply<ProductOf>(a, b, y);
            TensorPrimitives.Multiply(a, b, expected);
            Equal(expected, y);
            Arithmetic.Apply<SmallerOf>(a, b, y);
            TensorPrimitives.Min(a, b, expected);
            Equal(expected, y);
            Arithmetic.Apply<GreaterOf>(a, b, y);
            TensorPrimitives.Max(a, b, expected);
            Equal(expected, y);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Apply_OneNumber_IsAsAnArrayOfIt(int length)
    {
        foreach (float number in Special)
        {
            float[] a = [.. Enumerable.Range(0, length).Select(i => Special[i % Special.Length])];
            float[] b = [.. Enumerable.Repeat(number, length)];
            float[] expected = new float[length];
            Arithmetic.Apply<DifferenceOf>(a, b, expected);
            Arithmetic.Apply<DifferenceOf>(a, number, a);
            Equal(expected, a);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void ApplyToRows_AnyLength_IsAsEachRowAlone(int length)
    {
        const int rows = 3;
        float[] a = [.. Enumerable.Range(0, rows * length).Select(i => Special[i % Special.Length])];
        float[] row = [.. Enumerable.Range(0, length).Select(i => Special[(i + 3) % Special.Length])];
        float[] expected = new float[rows * length];
        for (int start = 0; start < a.Length; start += length)
        {
            Arithmetic.Apply<DifferenceOf>(a.AsSpan(start, length), row, expected.AsSpan(start, length));
        }

        Arithmetic.ApplyToRows<DifferenceOf>(a, row, a);

        Equal(expected, a);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Exp_AnyLength_GivesTheBitsOfTensorPrimitives(int length)
    {
        for (int draw = 0; draw < 200; draw++)
        {
            float[] x = [.. Enumerable.Range(0, length).Select(i => (draw * length + i) * 0.0937f % 230 - 115)];
            x[draw % length] = draw < Special.Length ? Special[draw] : x[draw % length]; // overflow, none, not a number
            float[] y = new float[length];
            float[] expected = new float[length];
            Elementwise.Exp(x, y);
            TensorPrimitives.Exp(x, expected);
            Equal(expected, y);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Sum_AnyLength_GivesTheBitsOfTensorPrimitives(int length)
    {
        for (int draw = 0; draw < 200; draw++)
        {
            float[] x =
            [
                .. Enumerable.Range(0, length).Select(i => MathF.Sin((draw * length + i) * 1.37f) * (i % 3 == 0 ? 1e4f : 1)),
            ];
            Equal([TensorPrimitives.Sum<float>(x)], [Arithmetic.Sum(x)]);
        }
        Equal([TensorPrimitives.Sum<float>(new float[length])], [Arithmetic.Sum(new float[length])]);
    }

    [Fact]
    public void Apply_TooLittleRoom_Throws()
    {
        Assert.Throws<ArgumentException>(() => Arithmetic.Apply<SumOf>(new float[3], new float[2], new float[3]));
        Assert.Throws<ArgumentException>(() => Arithmetic.Apply<SumOf>(new float[3], 1, new float[2]));
    }

    // Not-a-number is one number here: which of its bits come out of two is the processor's affair.
    private static void Equal(float[] expected, float[] actual) =>
        Assert.True(
            Bits(expected).SequenceEqual(Bits(actual)),
            $"[{string.Join(", ", expected)}] was expected, not [{string.Join(", ", actual)}]."
        );

    private static int[] Bits(float[] values) =>
        [.. MemoryMarshal.Cast<float, int>(values.Select(value => float.IsNaN(value) ? float.NaN : value).ToArray()).ToArray()];
}

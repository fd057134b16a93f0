using Agents.Kernels;
using Environments.Randomness;
using Xunit;

namespace Tests.AgentTests.Kernels;

/// <summary>Every kernel beside its naive twin.</summary>
public sealed class KernelTests
{
    public static TheoryData<int, int, int> Shapes =>
        new()
        {
            { 1, 1, 1 },
            { 1, 64, 4 },
            { 4, 64, 64 },
            { 8, 64, 8 },
            { 7, 33, 5 },
            { 5, 100, 17 },
            { 64, 64, 64 },
            { 9, 16, 3 },
            { 6, 8, 31 },
            { 3, 7, 64 },
            { 130, 70, 2 },
            { 18, 128, 300 },
            { 131, 200, 64 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_AnyShape_EqualsTheTripleLoop(int rows, int columns, int inner)
    {
        var random = new Pcg64(1);
        float[] a = Random(rows * inner, ref random);
        float[] b = Random(inner * columns, ref random);
        float[] bias = Random(columns, ref random);
        float[] start = Random(rows * columns, ref random);
        foreach (bool transposed in (bool[])[false, true])
        {
            (int aRow, int aColumn) = transposed ? (1, rows) : (inner, 1);
            foreach ((bool accumulate, bool biased) in ((bool, bool)[])[(false, false), (false, true), (true, false)])
            {
                var c = (float[])start.Clone();

                MatrixProduct.Multiply(a, aRow, aColumn, b, biased ? bias : [], c, rows, columns, inner, accumulate);

                for (int m = 0; m < rows; m++)
                {
                    for (int n = 0; n < columns; n++)
                    {
                        double expected =
                            accumulate ? start[m * columns + n]
                            : biased ? bias[n]
                            : 0;
                        for (int k = 0; k < inner; k++)
                        {
                            expected += (double)a[m * aRow + k * aColumn] * b[k * columns + n];
                        }
                        Assert.Equal(expected, c[m * columns + n], 1e-5 * Math.Sqrt(inner) * 3);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(17, 9)]
    [InlineData(3, 40)]
    [InlineData(1, 5)]
    public void Transpose_AnyShape_TurnsRowsIntoColumns(int rows, int columns)
    {
        var random = new Pcg64(3);
        float[] source = Random(rows * columns, ref random);
        float[] start = Random(rows * columns, ref random);
        var copied = new float[rows * columns];
        var added = (float[])start.Clone();

        Transposition.Copy(source, copied, rows, columns);
        Transposition.Add(source, added, rows, columns);

        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int place = column * rows + row;
                Assert.Equal(source[row * columns + column], copied[place]);
                Assert.Equal(start[place] + source[row * columns + column], added[place]);
            }
        }
        Assert.Throws<ArgumentException>(() => Transposition.Copy(source, new float[rows * columns - 1], rows, columns));
    }

    [Fact]
    public void Multiply_BuffersTooSmall_Throws()
    {
        Assert.Throws<ArgumentException>(() =>
            MatrixProduct.Multiply(new float[5], 3, 1, new float[6], [], new float[4], 2, 2, 3, false)
        );
        Assert.Throws<ArgumentException>(() =>
            MatrixProduct.Multiply(new float[6], 3, 1, new float[5], [], new float[4], 2, 2, 3, false)
        );
        Assert.Throws<ArgumentException>(() =>
            MatrixProduct.Multiply(new float[6], 3, 1, new float[6], [], new float[3], 2, 2, 3, false)
        );
        Assert.Throws<ArgumentException>(() =>
            MatrixProduct.Multiply(new float[6], 3, 1, new float[6], new float[1], new float[4], 2, 2, 3, false)
        );
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(5, 4)]
    [InlineData(31, 7)]
    [InlineData(37, 20)]
    [InlineData(64, 64)]
    [InlineData(100, 9)]
    public void AddGram_AnySize_AddsProductsOnAndAboveTheDiagonal(int size, int count)
    {
        float[] x = [.. Enumerable.Range(0, size * count).Select(i => MathF.Sin(i))];
        float[] c = [.. Enumerable.Range(0, size * size).Select(i => MathF.Cos(i))];
        var before = (float[])c.Clone();

        MatrixProduct.AddGram(x, c, size, count);

        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                double sum = before[i * size + j];
                for (int k = 0; k < count; k++)
                {
                    sum += (double)x[k * size + i] * x[k * size + j];
                }
                Assert.Equal(sum, c[i * size + j], 1e-4);
            }
        }
    }

    [Fact]
    public void AddGram_BuffersTooSmall_Throws()
    {
        Assert.Throws<ArgumentException>(() => MatrixProduct.AddGram(new float[11], new float[16], 4, 3));
        Assert.Throws<ArgumentException>(() => MatrixProduct.AddGram(new float[12], new float[15], 4, 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(37)]
    public void MirrorUpper_AnySize_MakesTheMatrixSymmetricAndKeepsItsUpperPart(int size)
    {
        float[] matrix = [.. Enumerable.Range(0, size * size).Select(i => (float)i)];

        Transposition.MirrorUpper(matrix, size);

        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                Assert.Equal(Math.Min(row, column) * size + Math.Max(row, column), matrix[row * size + column]);
            }
        }
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(3, 5)]
    [InlineData(4, 33)]
    public void DotProducts_FewOutputs_EqualTheDoubleLoop(int outputs, int inputs)
    {
        var random = new Pcg64(2);
        const int rows = 9;
        float[] x = Random(rows * inputs, ref random);
        float[] weight = Random(outputs * inputs, ref random);
        float[] bias = Random(outputs, ref random);
        var y = new float[rows * outputs];

        DotProducts.Multiply(x, weight, bias, y, rows);

        for (int m = 0; m < rows; m++)
        {
            for (int o = 0; o < outputs; o++)
            {
                double expected = bias[o];
                for (int k = 0; k < inputs; k++)
                {
                    expected += (double)x[m * inputs + k] * weight[o * inputs + k];
                }
                Assert.Equal(expected, y[m * outputs + o], 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(9)]
    public void DotProducts_ManyRowsAndOutputs_GiveTheBitsOfEachAlone(int outputs)
    {
        var random = new Pcg64(8);
        const int rows = 11;
        foreach (int inputs in (int[])[5, 16, 32, 33, 48, 64])
        {
            float[] x = Random(rows * inputs, ref random);
            float[] weight = Random(outputs * inputs, ref random);
            float[] bias = Random(outputs, ref random);
            var y = new float[rows * outputs];

            DotProducts.Multiply(x, weight, bias, y, rows);

            var alone = new float[1];
            for (int i = 0; i < y.Length; i++)
            {
                (int row, int output) = (i / outputs * inputs, i % outputs);
                DotProducts.Multiply(
                    x.AsSpan(row, inputs),
                    weight.AsSpan(output * inputs, inputs),
                    bias.AsSpan(output, 1),
                    alone,
                    1
                );
                Assert.Equal(BitConverter.SingleToInt32Bits(alone[0]), BitConverter.SingleToInt32Bits(y[i]));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100)]
    [InlineData(500)]
    public void AddOuter_FewInputsOtherThanZero_AddsTheirColumns(int inputs)
    {
        var random = new Pcg64(9);
        const int outputs = 5;
        float[] gradient = Random(outputs, ref random);
        for (int draw = 0; draw < 50; draw++)
        {
            var x = new float[inputs];
            for (int i = 0; i < 1 + draw % 9; i++)
            {
                x[random.NextInt(0, inputs)] = i == 0 ? -0f : (float)random.NextGaussian();
            }
            float[] start = Random(outputs * inputs, ref random);
            var sum = (float[])start.Clone();

            SparseProduct.AddOuter(x, gradient, sum);

            for (int i = 0; i < sum.Length; i++)
            {
                Assert.Equal(start[i] + x[i % inputs] * gradient[i / inputs], sum[i]);
            }
        }
    }

    [Fact]
    public void Tanh_WholeRange_IsWithinFourTenMillionthsAndKeepsNaN()
    {
        var values = new float[100_003];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = -12 + 24f * i / (values.Length - 1);
        }
        var results = (float[])values.Clone();

        Elementwise.Tanh(results);

        double worst = values.Zip(results).Max(pair => Math.Abs(Math.Tanh(pair.First) - pair.Second));
        Assert.True(worst < 4e-7, $"error {worst}");
        float[] special =
        [
            float.NaN,
            float.PositiveInfinity,
            float.NegativeInfinity,
            0,
            float.NaN,
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            9,
            10,
            11,
            float.NaN,
        ];
        Elementwise.Tanh(special);
        Assert.True(float.IsNaN(special[0]) && float.IsNaN(special[4]) && float.IsNaN(special[16]));
        Assert.Equal(1, special[1], 1e-6);
        Assert.Equal(-1, special[2], 1e-6);
        Assert.Equal(0, special[3]);
    }

    [Fact]
    public void Tanh_PlaceInTheBuffer_DoesNotMatter()
    {
        var random = new Pcg64(3);
        float[] values = Random(37, ref random);
        var together = (float[])values.Clone();
        Elementwise.Tanh(together);

        for (int i = 0; i < values.Length; i++)
        {
            float[] alone = [values[i]];
            Elementwise.Tanh(alone);
            Assert.Equal(together[i], alone[0]);
        }
    }

    [Fact]
    public void ActivationGradients_EqualTheirFormulas()
    {
        var random = new Pcg64(4);
        float[] outputs = Random(37, ref random);
        float[] gradients = Random(37, ref random);
        var tanh = (float[])gradients.Clone();
        var relu = (float[])gradients.Clone();

        Elementwise.TanhGradient(outputs, tanh);
        Elementwise.ReluGradient(outputs, relu);

        for (int i = 0; i < outputs.Length; i++)
        {
            Assert.Equal(gradients[i] * (1 - outputs[i] * outputs[i]), tanh[i], 1e-6);
            Assert.Equal(outputs[i] > 0 ? gradients[i] : 0, relu[i]);
        }
    }

    [Fact]
    public void Sigmoid_WholeRange_IsWithinTwoTenMillionths()
    {
        var values = new float[10_001];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = -30 + 60f * i / (values.Length - 1);
        }
        var results = (float[])values.Clone();

        Elementwise.Sigmoid(results);

        double worst = values.Zip(results).Max(pair => Math.Abs(1 / (1 + Math.Exp(-pair.First)) - pair.Second));
        Assert.True(worst < 2e-7, $"error {worst}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(40)]
    public void LogSoftmax_Rows_EqualTheFormulaAndStayFinite(int count)
    {
        var random = new Pcg64(6);
        const int rows = 9;
        float[] logits = Random(rows * count, ref random);
        logits[0] = 900;
        logits[^1] = -900;
        var logProbs = new float[logits.Length];
        var probabilities = new float[logits.Length];

        LogSoftmax.Rows(logits, logProbs, probabilities, count);

        for (int row = 0; row < rows; row++)
        {
            double max = logits.AsSpan(row * count, count).ToArray().Max();
            double sum = logits.AsSpan(row * count, count).ToArray().Sum(logit => Math.Exp(logit - max));
            for (int j = row * count; j < (row + 1) * count; j++)
            {
                double expected = logits[j] - max - Math.Log(sum);
                Assert.Equal(expected, logProbs[j], 1e-6 * Math.Max(1, Math.Abs(expected)));
                Assert.Equal(Math.Exp(expected), probabilities[j], 1e-6);
            }
        }
    }

    [Fact]
    public void AddColumnSums_AddsToWhatIsThere()
    {
        float[] sums = [1, 10, 100];

        Elementwise.AddColumnSums([1, 2, 3, 4, 5, 6], sums);

        Assert.Equal([6, 17, 109], sums);
    }

    private static float[] Random(int length, ref Pcg64 random)
    {
        var values = new float[length];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)random.NextGaussian();
        }
        return values;
    }
}

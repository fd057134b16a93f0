using System.Numerics;
using Environments.Randomness;
using Learners.Optimizers.Kfac;
using Xunit;

namespace Tests.LearnerTests.Optimizers.Kfac;

public sealed class SymmetricEigenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(130)]
    public void TryDecompose_RandomMatrix_IsPutTogetherAgain(int size)
    {
        AssertDecomposes(Random<double>(size, size + 2), size, 1e-12);
        AssertDecomposes(Random<float>(size, size + 2), size, 5e-5);
    }

    [Theory]
    [InlineData(12, 1)]
    [InlineData(40, 3)]
    public void TryDecompose_LowRank_IsPutTogetherAgain(int size, int rank)
    {
        AssertDecomposes(Random<double>(size, rank), size, 1e-12);
        AssertDecomposes(Random<float>(size, rank), size, 5e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-3)]
    public void TryDecompose_MultipleOfTheIdentity_HasThatEigenvalueOnly(double scale)
    {
        var matrix = new double[49];
        for (int i = 0; i < 7; i++)
        {
            matrix[i * 8] = scale;
        }

        double[] values = AssertDecomposes(matrix, 7, 1e-14);

        Assert.All(values, value => Assert.Equal(scale, value, 1e-14));
    }

    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e12)]
    public void TryDecompose_TinyAndHugeScales_KeepTheirDigits(double scale)
    {
        double[] matrix = Random<double>(20, 22);
        for (int i = 0; i < matrix.Length; i++)
        {
            matrix[i] *= scale;
        }

        AssertDecomposes(matrix, 20, 1e-12 * scale);
    }

    [Fact]
    public void TryDecompose_KnownMatrix_HasItsEigenvalues()
    {
        // The input factor of the rows (1, 0), (0, 2), (-1, 1) with 1 appended.
        double[] matrix = [2 / 3.0, -1 / 3.0, 0, -1 / 3.0, 5 / 3.0, 1, 0, 1, 1];

        double[] values = AssertDecomposes(matrix, 3, 1e-14);

        Assert.Equal([0.192978, 0.711025, 2.429331], values.Order().Select(value => Math.Round(value, 6)));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void TryDecompose_NumberThatIsNone_IsRefused(double broken)
    {
        for (int place = 0; place < 6 * 6; place++)
        {
            double[] matrix = Random<double>(6, 8);
            matrix[place] = matrix[place % 6 * 6 + place / 6] = broken;

            Assert.False(SymmetricEigen.TryDecompose<double>(matrix, new double[6], new double[18]));
        }
    }

    private static T[] Random<T>(int size, int rank)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Pcg64(3);
        var rows = new T[rank * size];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = T.CreateChecked(random.NextGaussian());
        }
        var matrix = new T[size * size];
        Matrices.Multiply<T>(rows, 1, size, rows, matrix, size, size, rank);
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < i; j++)
            {
                matrix[i * size + j] = matrix[j * size + i];
            }
        }
        return matrix;
    }

    /// <summary>V Λ Vᵀ equals the matrix, relative to its largest number, and V Vᵀ the identity.</summary>
    private static T[] AssertDecomposes<T>(T[] matrix, int size, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var vectors = (T[])matrix.Clone();
        var values = new T[size];
        Assert.True(SymmetricEigen.TryDecompose<T>(vectors, values, new double[3 * size]));
        double scale = Math.Max(1, matrix.Max(value => Math.Abs(double.CreateChecked(value))));
        double unit = typeof(T) == typeof(double) ? 1e-13 : 1e-5;
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                double product = 0;
                double overlap = 0;
                for (int k = 0; k < size; k++)
                {
                    double vi = double.CreateChecked(vectors[k * size + i]);
                    product += vi * double.CreateChecked(values[k]) * double.CreateChecked(vectors[k * size + j]);
                    overlap += double.CreateChecked(vectors[i * size + k]) * double.CreateChecked(vectors[j * size + k]);
                }
                Assert.Equal(double.CreateChecked(matrix[i * size + j]), product, tolerance * scale);
                Assert.Equal(i == j ? 1 : 0, overlap, unit * size);
            }
        }
        return values;
    }
}

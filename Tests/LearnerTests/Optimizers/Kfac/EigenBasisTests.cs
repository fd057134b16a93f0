using Environments.Randomness;
using Learners.Optimizers.Kfac;
using Xunit;

namespace Tests.LearnerTests.Optimizers.Kfac;

public sealed class EigenBasisTests
{
    private const int Size = 37; // blocks of 16, and a rest

    [Fact]
    public void TryRefine_MatrixThatMoved_KeepsRowsOrthonormalAndApproachesItsEigenvalues()
    {
        (EigenBasis<float> basis, double[] moved) = Moved(0.02);
        var refined = new EigenBasis<float>(Size);
        for (int step = 0; step < 30; step++)
        {
            ClosedForms.Convert<float>(moved).CopyTo(refined.Rows, 0);

            Assert.True(refined.TryRefine(basis, 0.1));

            Assert.True(Orthogonality(refined.Rows) < 1e-4);
            (basis, refined) = (refined, basis);
        }
        var exact = new EigenBasis<double>(Size);
        moved.CopyTo(exact.Rows, 0);
        Assert.True(exact.TryDecompose());
        double[] values = [.. basis.Values.Select(value => (double)value).OrderDescending()];
        Assert.All(exact.Values.Take(8).Zip(values), pair => Assert.Equal(1, pair.Second / pair.First, 0.01));
        Assert.Equal(exact.Trace, values.Sum(), 1e-3 * exact.Trace);
    }

    [Fact]
    public void TryRefine_OneStep_LeavesLessBesideTheDiagonal()
    {
        (EigenBasis<float> basis, double[] moved) = Moved(0.02);
        double before = Beside(basis.Rows, moved);
        var refined = new EigenBasis<float>(Size);
        ClosedForms.Convert<float>(moved).CopyTo(refined.Rows, 0);

        Assert.True(refined.TryRefine(basis, 0.1));

        Assert.True(before > 0.005, $"{before}");
        Assert.True(Beside(refined.Rows, moved) < 0.6 * before, $"{Beside(refined.Rows, moved)} of {before}");
    }

    [Fact]
    public void TryRefine_MatrixThatHasNothingToDoWithTheBasis_LeavesItToADecomposition()
    {
        (EigenBasis<float> basis, _) = Moved(0);
        var refined = new EigenBasis<float>(Size);
        var random = new Pcg64(9);
        float[] other = ClosedForms.Convert<float>(ClosedForms.Mean(Factor(ref random)));
        other.CopyTo(refined.Rows, 0);

        Assert.False(refined.TryRefine(basis, 0.1));

        Assert.Equal(other, refined.Rows);
    }

    [Fact]
    public void TryRefine_MatrixThatMovedFurtherThanAStepFollows_TakesASecondOne()
    {
        (EigenBasis<float> basis, double[] moved) = Moved(0.5);
        var refined = new EigenBasis<float>(Size);
        ClosedForms.Convert<float>(moved).CopyTo(refined.Rows, 0);
        Assert.True(refined.TryRefine(basis, 1));
        double afterOne = Beside(refined.Rows, moved);
        ClosedForms.Convert<float>(moved).CopyTo(refined.Rows, 0);

        Assert.True(refined.TryRefine(basis, 0.8 * afterOne));

        Assert.True(Orthogonality(refined.Rows) < 1e-4);
        Assert.InRange(Beside(refined.Rows, moved), 1e-5, 0.8 * afterOne);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void TryRefine_MatrixThatIsNoNumber_IsRefused(float bad)
    {
        (EigenBasis<float> basis, double[] moved) = Moved(0);
        var refined = new EigenBasis<float>(Size);
        ClosedForms.Convert<float>(moved).CopyTo(refined.Rows, 0);
        refined.Rows[40] = bad;

        Assert.False(refined.TryRefine(basis, 0.1));
    }

    [Fact]
    public void TryDecompose_AnyMatrix_OrdersValuesFalling()
    {
        (EigenBasis<float> basis, _) = Moved(0);

        Assert.Equal(basis.Values.OrderDescending(), basis.Values);
    }

    [Theory]
    [InlineData(40, 37, false, false)]
    [InlineData(17, 40, false, true)]
    [InlineData(60, 16, false, false)]
    [InlineData(64, 64, true, true)]
    public void Solve_DampingThatOutweighsMostOfAFactor_IsOffByAHundredthAtMost(int inputs, int outputs, bool slowly, bool below)
    {
        var random = new Pcg64(13);
        RunningFactor<double> Falling(int width, bool homogeneous, ref Pcg64 random)
        {
            var rows = new double[4 * width * width];
            for (int i = 0; i < rows.Length; i++)
            {
                int place = i % width;
                rows[i] = random.NextGaussian() * (slowly ? Math.Pow(place + 1, -1.3) : Math.Exp(-0.4 * place));
            }
            return ClosedForms.FactorOf<double>(rows, width, homogeneous);
        }
        var block = new KroneckerBlock<double>(Falling(inputs, true, ref random), Falling(outputs, false, ref random));
        var parts = LeadingParts.Choose<double>(block.Input.Basis.Values, block.Output.Basis.Values, 1e-4, new double[outputs]);
        Assert.Equal((!below || slowly, below), (parts.StripRows > 0, parts.BelowColumns > 0));
        double[] gradient =
        [
            .. ClosedForms.Convert<double>(Enumerable.Range(0, outputs * (inputs + 1)).Select(i => Math.Sin(i))),
        ];

        double[] direction = ClosedForms.Solve(block, gradient, 0.01, DampingKind.Plain);

        double[] again = ClosedForms.Multiply(ClosedForms.Mean(block.Input), ClosedForms.Mean(block.Output), 0.01, direction);
        double error = Math.Sqrt(gradient.Zip(again, (x, y) => (x - y) * (x - y)).Sum() / gradient.Sum(x => x * x));
        Assert.InRange(error, 1e-4, 0.01); // far above rounding: the rest was left out
    }

    // The basis of a matrix, and that matrix after it moved by a share of itself.
    private static (EigenBasis<float> Basis, double[] Moved) Moved(double share)
    {
        var random = new Pcg64(4);
        double[] matrix = ClosedForms.Mean(Factor(ref random));
        double[] direction = ClosedForms.Mean(Factor(ref random));
        var basis = new EigenBasis<float>(Size);
        ClosedForms.Convert<float>(matrix).CopyTo(basis.Rows, 0);
        Assert.True(basis.TryDecompose());
        return (basis, [.. matrix.Zip(direction, (x, y) => (1 - share) * x + share * y)]);
    }

    // Second moment of rows with variances that fall along a random rotation.
    private static RunningFactor<double> Factor(ref Pcg64 random)
    {
        var mix = new double[Size * Size];
        for (int i = 0; i < mix.Length; i++)
        {
            mix[i] = random.NextGaussian() * Math.Exp(-0.2 * (i / Size));
        }
        var factor = new RunningFactor<double>(Size, homogeneous: false);
        factor.Add(mix, Size);
        factor.Fold(1.0 / Size, 1);
        return factor;
    }

    private static double Orthogonality(float[] rows)
    {
        double worst = 0;
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double dot = Matrices.Dot<float>(rows.AsSpan(i * Size, Size), rows.AsSpan(j * Size, Size));
                worst = Math.Max(worst, Math.Abs(dot - (i == j ? 1 : 0)));
            }
        }
        return worst;
    }

    // Frobenius norm beside the diagonal of Q M Qᵀ, in norms of M.
    private static double Beside(float[] rows, double[] matrix)
    {
        double[] q = [.. rows.Select(value => (double)value)];
        double seen = 0;
        for (int k = 0; k < Size; k++)
        {
            double value = 0;
            for (int i = 0; i < Size; i++)
            {
                value += q[k * Size + i] * Matrices.Dot<double>(matrix.AsSpan(i * Size, Size), q.AsSpan(k * Size, Size));
            }
            seen += value * value;
        }
        double norm = matrix.Sum(value => value * value);
        return Math.Sqrt(Math.Max(0, norm - seen) / norm);
    }
}

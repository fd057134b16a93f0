using Environments.Randomness;
using Learners.Optimizers.Kfac;
using Xunit;

namespace Tests.LearnerTests.Optimizers.Kfac;

/// <summary>Closed-form checks of factors, solve and trust region in float64, the reference of both engines.</summary>
public sealed class KroneckerBlockTests
{
    [Fact]
    public void Add_ThreeRowsWithBias_IsTheirSecondMoment()
    {
        RunningFactor<double> factor = ClosedForms.InputFactor<double>();

        double[] expected = [2, -1, 0, -1, 5, 3, 0, 3, 3];
        Assert.All(ClosedForms.Mean(factor).Zip(expected), pair => Assert.Equal(pair.Second / 3, pair.First, 1e-12));
        double[] values = [.. factor.Basis.Values.Order()];
        Assert.Equal([0.192978, 0.711025, 2.429331], values.Select(value => Math.Round(value, 6)));
    }

    [Theory]
    [InlineData(DampingKind.Plain, new[] { 1.253271, -0.017420, 1.584344, -3.031179, -1.891313, 1.591932 })]
    [InlineData(DampingKind.Factored, new[] { 1.045707, 0.065764, 1.290265, -2.182228, -1.211846, 0.923164 })]
    public void Solve_KnownFactors_GivesTheKnownDirection(DampingKind kind, double[] expected)
    {
        var exact = new KroneckerBlock<double>(
            ClosedForms.InputFactor<double>(),
            ClosedForms.FactorWith<double>(ClosedForms.Output, 2)
        );
        var single = new KroneckerBlock<float>(
            ClosedForms.InputFactor<float>(),
            ClosedForms.FactorWith<float>(ClosedForms.Output, 2)
        );

        double[] direction = ClosedForms.Solve(exact, ClosedForms.Gradient, 0.01, kind);
        double[] rounded = ClosedForms.Solve(single, ClosedForms.Gradient, 0.01, kind);

        Assert.All(expected.Zip(direction), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.All(direction.Zip(rounded), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 5)]
    [InlineData(21, 17)]
    [InlineData(5, 33)]
    public void Solve_PlainDamping_InvertsTheDampedBlock(int inputs, int outputs)
    {
        var random = new Pcg64(5);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];
        RunningFactor<double> input = ClosedForms.FactorOf<double>(Draw(2 * inputs * inputs), inputs, homogeneous: true);
        RunningFactor<double> output = ClosedForms.FactorOf<double>(Draw(2 * outputs * outputs), outputs, homogeneous: false);
        double[] gradient = Draw(outputs * (inputs + 1));

        double[] direction = ClosedForms.Solve(new KroneckerBlock<double>(input, output), gradient, 0.01, DampingKind.Plain);

        double[] again = ClosedForms.Multiply(ClosedForms.Mean(input), ClosedForms.Mean(output), 0.01, direction);
        Assert.All(gradient.Zip(again), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void Scale_KnownStep_EqualsTheReleasedFormula()
    {
        double scale = TrustRegion.Scale(0.25, 9.798608, 0.001);

        Assert.Equal(0.0404090, scale, 1e-7);
        Assert.Equal(0.0101022, 0.25 * scale, 1e-7);
        // The paper's formula with the same number as δ is √2 longer.
        Assert.Equal(0.0142867, 0.25 * TrustRegion.Scale(0.25, 9.798608, 0.002), 1e-7);
    }

    [Theory]
    [InlineData(1e-13)]
    [InlineData(0)]
    [InlineData(0.01)]
    public void Scale_ShortStep_IsNotHeldBack(double squaredNorm) => Assert.Equal(1, TrustRegion.Scale(0.25, squaredNorm, 0.001));

    [Fact]
    public void Solve_LinearGaussianCritic_StepsToLeastSquares()
    {
        double[] weight = [0.5, -0.2, 0.1];
        double[] targets = [1, 0, 2];
        double[] gradient = LeastSquaresGradient(weight, targets);
        Assert.All(gradient.Zip([0.733333, -1.066667, -1.1]), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        var block = new KroneckerBlock<double>(ClosedForms.InputFactor<double>(), ClosedForms.FactorWith<double>([1], 1));

        double[] step = ClosedForms.Solve(block, gradient, 0, DampingKind.Plain);

        Assert.All(step.Zip([1.5, 0.8, -1.9]), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
        Assert.All(weight.Zip(step, (w, s) => w - s).Zip([-1.0, -1.0, 2.0]), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
        // With four times the critic's Fisher matrix, as released, the step is a quarter.
        var released = new KroneckerBlock<double>(block.Input, ClosedForms.FactorWith<double>([4], 1));
        double[] quarter = ClosedForms.Solve(released, gradient, 0, DampingKind.Plain);
        Assert.All(step.Zip(quarter), pair => Assert.Equal(pair.First / 4, pair.Second, 1e-9));
    }

    [Fact]
    public void Mean_GaussianCritic_GivesTheDivergenceOfAStepExactly()
    {
        double[] mean = ClosedForms.Mean(ClosedForms.InputFactor<double>());
        double[] change = [-0.15, -0.08, 0.19];
        double measured = 0;
        for (int row = 0; row < 3; row++)
        {
            double value = change[0] * ClosedForms.Inputs[2 * row] + change[1] * ClosedForms.Inputs[2 * row + 1] + change[2];
            measured += 0.5 * value * value / 3;
        }
        double model = 0;
        for (int i = 0; i < 9; i++)
        {
            model += 0.5 * change[i / 3] * mean[i] * change[i % 3];
        }

        Assert.Equal(0.0116833, measured, 1e-7);
        Assert.Equal(measured, model, 1e-12);
    }

    [Fact]
    public void Fold_ConstantStatistic_StaysThroughMeanAndRunningAverage()
    {
        var factor = new RunningFactor<double>(2, homogeneous: true);
        double[] expected = ClosedForms.Mean(ClosedForms.InputFactor<double>());
        for (int update = 1; update <= 300; update++)
        {
            factor.Add(ClosedForms.Inputs, 3);
            factor.Fold(1 / 3.0, update <= 10 ? 1.0 / update : 0.01);

            Assert.All(ClosedForms.Mean(factor).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        }
    }

    [Fact]
    public void Drop_RowsThatAreNoNumbers_LeavesTheAverage()
    {
        RunningFactor<double> factor = ClosedForms.InputFactor<double>();
        double[] before = ClosedForms.Mean(factor);

        factor.Add([double.NaN, 1], 1);
        Assert.False(factor.IsFinite);
        factor.Drop();

        Assert.True(factor.IsFinite);
        factor.Fold(1, 0);
        Assert.Equal(before, ClosedForms.Mean(factor));
    }

    [Fact]
    public void Drift_AverageThatMoves_IsItsDistanceFromTheSnapshot()
    {
        RunningFactor<double> factor = ClosedForms.FactorWith<double>(ClosedForms.Output, 2);
        Assert.Equal(0, factor.Drift);

        factor.Add([1, 0, 0, 1], 2);
        factor.Fold(1, 0.5);

        // From (2, ½; ½, 1) to (1½, ¼; ¼, 1).
        double moved = Math.Sqrt(0.25 + 2 * 0.0625);
        Assert.Equal(moved / Math.Sqrt(2.25 + 2 * 0.0625 + 1), factor.Drift, 1e-12);
    }

    private static double[] LeastSquaresGradient(double[] weight, double[] targets)
    {
        var gradient = new double[3];
        for (int row = 0; row < 3; row++)
        {
            double[] x = [ClosedForms.Inputs[2 * row], ClosedForms.Inputs[2 * row + 1], 1];
            double error = x.Zip(weight, (a, b) => a * b).Sum() - targets[row];
            for (int i = 0; i < 3; i++)
            {
                gradient[i] += error * x[i] / 3; // of ½ mean (V − R)²
            }
        }
        return gradient;
    }
}

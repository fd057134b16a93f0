using System.Numerics;
using Learners.Optimizers.Kfac;

namespace Tests.LearnerTests.Optimizers.Kfac;

/// <summary>The numbers of the closed-form checks, and small dense algebra to compare with.</summary>
internal static class ClosedForms
{
    /// <summary>Three inputs of two numbers.</summary>
    public static double[] Inputs { get; } = [1, 0, 0, 2, -1, 1];

    /// <summary>An output factor, <c>[2, 2]</c>.</summary>
    public static double[] Output { get; } = [2, 0.5, 0.5, 1];

    /// <summary>A gradient, <c>[2, 3]</c>.</summary>
    public static double[] Gradient { get; } = [1, 2, 3, -1, 0, 0.5];

    /// <summary>Input factor of <see cref="Inputs"/>, decomposed.</summary>
    public static RunningFactor<T> InputFactor<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => FactorOf<T>(Inputs, 2, homogeneous: true);

    /// <summary>The factor E[x xᵀ] of rows, decomposed.</summary>
    public static RunningFactor<T> FactorOf<T>(double[] rows, int width, bool homogeneous)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = new RunningFactor<T>(width, homogeneous);
        int count = rows.Length / width;
        factor.Add(Convert<T>(rows), count);
        factor.Fold(1.0 / count, 1);
        Decompose(factor);
        return factor;
    }

    /// <summary>A factor with a given value, which is the second moment of the columns of its root.</summary>
    public static RunningFactor<T> FactorWith<T>(double[] matrix, int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Cholesky: M = L Lᵀ = Σ of the outer products of L's columns.
        var root = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = matrix[i * size + j];
                for (int k = 0; k < j; k++)
                {
                    sum -= root[k * size + i] * root[k * size + j];
                }
                root[j * size + i] = i == j ? Math.Sqrt(sum) : sum / root[j * size + j];
            }
        }
        var factor = new RunningFactor<T>(size, homogeneous: false);
        factor.Add(Convert<T>(root), size);
        factor.Fold(1, 1);
        Decompose(factor);
        return factor;
    }

    public static void Decompose<T>(RunningFactor<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        factor.Snapshot();
        Xunit.Assert.True(factor.TryDecompose());
        factor.Publish();
    }

    public static double[] Mean<T>(RunningFactor<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mean = new T[factor.Size * factor.Size];
        factor.CopyMean(mean);
        return [.. mean.Select(double.CreateChecked)];
    }

    /// <summary>The damped solve, with gradient and result as <c>[outputs, inputs]</c>.</summary>
    public static double[] Solve<T>(KroneckerBlock<T> block, double[] gradient, double damping, DampingKind kind)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] numbers = Convert<T>(gradient);
        block.Solve(numbers, [], numbers, [], damping, kind);
        return [.. numbers.Select(double.CreateChecked)];
    }

    /// <summary>(A ⊗ G + λ I) vec U for row-major A and G, with U as <c>[outputs, inputs]</c>.</summary>
    public static double[] Multiply(double[] a, double[] g, double damping, double[] u)
    {
        var outputs = (int)Math.Sqrt(g.Length);
        var inputs = (int)Math.Sqrt(a.Length);
        var result = new double[u.Length];
        for (int i = 0; i < outputs; i++)
        {
            for (int j = 0; j < inputs; j++)
            {
                double sum = damping * u[i * inputs + j];
                for (int k = 0; k < outputs; k++)
                {
                    for (int l = 0; l < inputs; l++)
                    {
                        sum += g[i * outputs + k] * u[k * inputs + l] * a[l * inputs + j];
                    }
                }
                result[i * inputs + j] = sum;
            }
        }
        return result;
    }

    public static T[] Convert<T>(IEnumerable<double> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. values.Select(T.CreateChecked)];
}

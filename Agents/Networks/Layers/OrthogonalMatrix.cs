using System.Numerics.Tensors;
using Environments.Randomness;

namespace Agents.Networks.Layers;

/// <summary>Random matrices that keep lengths and angles (Saxe et al. 2014).</summary>
internal static class OrthogonalMatrix
{
    private const int Short = 128; // so short that compiling faster code takes longer than it saves

    /// <summary>Writes gain × Q with orthonormal rows or columns, whichever are fewer; Q is uniform over such matrices.</summary>
    /// <remarks>
    /// Gram-Schmidt on Gaussian vectors, twice for accuracy. It equals QR with the sign of R's diagonal made positive, as PyTorch does.
    /// </remarks>
    public static void Fill(Span<float> matrix, int rows, int columns, float gain, ref Pcg64 random)
    {
        int vectors = Math.Min(rows, columns);
        int length = Math.Max(rows, columns);
        var basis = new double[vectors][];
        for (int i = 0; i < vectors; i++)
        {
            var vector = new double[length];
            for (int k = 0; k < length; k++)
            {
                vector[k] = random.NextGaussian();
            }
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    double share = TensorPrimitives.Dot<double>(vector, basis[j]);
                    SubtractMultiple(vector, share, basis[j]);
                }
            }
            double norm = Math.Sqrt(TensorPrimitives.Dot<double>(vector, vector));
            for (int k = 0; k < length; k++)
            {
                vector[k] /= norm;
            }
            basis[i] = vector;
        }
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                matrix[row * columns + column] = gain * (float)(rows <= columns ? basis[row][column] : basis[column][row]);
            }
        }
    }

    private static void SubtractMultiple(double[] vector, double share, double[] other)
    {
        if (vector.Length > Short)
        {
            TensorPrimitives.MultiplyAdd<double>(other, -share, vector, vector);
            return;
        }
        for (int k = 0; k < vector.Length; k++)
        {
            vector[k] -= share * other[k];
        }
    }
}

using Environments.Randomness;

namespace Agents.Networks.Layers;

/// <summary>How a named array of parameters begins. Derive for another rule.</summary>
internal abstract record Initializer
{
    /// <summary>All zeros.</summary>
    public static Initializer Zeros { get; } = new Constant(0);

    /// <summary>Writes the initial numbers.</summary>
    /// <param name="matrix">Destination, <c>[rows, columns]</c>.</param>
    /// <param name="rows">First dimension of the array.</param>
    /// <param name="columns">All others together.</param>
    /// <param name="random">Draws; the next array goes on with it.</param>
    public abstract void Fill(Span<float> matrix, int rows, int columns, ref Pcg64 random);

    /// <summary>One number everywhere.</summary>
    /// <param name="Number">The number.</param>
    public sealed record Constant(float Number) : Initializer
    {
        /// <inheritdoc/>
        public override void Fill(Span<float> matrix, int rows, int columns, ref Pcg64 random) => matrix.Fill(Number);
    }

    /// <summary>One number in a stretch of the array, and 0 elsewhere.</summary>
    /// <param name="Start">Where the stretch begins.</param>
    /// <param name="Count">How long it is.</param>
    /// <param name="Number">The number.</param>
    public sealed record Stretch(int Start, int Count, float Number) : Initializer
    {
        /// <inheritdoc/>
        public override void Fill(Span<float> matrix, int rows, int columns, ref Pcg64 random)
        {
            matrix.Clear();
            matrix.Slice(Start, Count).Fill(Number);
        }
    }

    /// <summary>Orthonormal rows or columns, whichever are fewer, times a gain (Saxe et al. 2014).</summary>
    /// <param name="Gain">The gain.</param>
    public sealed record Orthogonal(float Gain) : Initializer
    {
        /// <inheritdoc/>
        public override void Fill(Span<float> matrix, int rows, int columns, ref Pcg64 random) =>
            OrthogonalMatrix.Fill(matrix, rows, columns, Gain, ref random);
    }

    /// <summary>Independent draws between two numbers.</summary>
    /// <param name="Low">Smallest.</param>
    /// <param name="High">Largest.</param>
    public sealed record Uniform(float Low, float High) : Initializer
    {
        /// <inheritdoc/>
        public override void Fill(Span<float> matrix, int rows, int columns, ref Pcg64 random)
        {
            foreach (ref float number in matrix)
            {
                number = Low + (High - Low) * (float)random.NextDouble();
            }
        }
    }

    /// <summary>Independent Gaussian draws around 0.</summary>
    /// <param name="Deviation">Standard deviation.</param>
    public sealed record Normal(float Deviation) : Initializer
    {
        /// <inheritdoc/>
        public override void Fill(Span<float> matrix, int rows, int columns, ref Pcg64 random)
        {
            foreach (ref float number in matrix)
            {
                number = Deviation * (float)random.NextGaussian();
            }
        }
    }
}

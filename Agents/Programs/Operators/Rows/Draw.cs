using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>Numbers that are drawn for each row. They depend on seed, title, run, row and column alone, never on the order of calls.</summary>
/// <param name="Kind">Their distribution.</param>
/// <param name="Title">Names the draw: two draws of one title are the same numbers.</param>
/// <param name="Seed">Seed of the graph's draws.</param>
/// <param name="Probability">Probability of a 1 for Bernoulli draws, 0 to 1; unused by others.</param>
/// <param name="Space">Whose rows are drawn for.</param>
/// <param name="Columns">Numbers per row.</param>
internal sealed record Draw(DrawKind Kind, string Title, ulong Seed, float Probability, RowSpace Space, int Columns) : Operator
{
    private readonly ulong _stream = CounterRandom.Stream(Seed, Title);

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 0);
        return [Shape.Of(Space, Columns)];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        Span<float> y = frame.Output(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = Of(frame.Draw, frame.First + i / Columns, i % Columns);
        }
    }

    /// <summary>The number of one row and column in a run.</summary>
    public float Of(ulong run, int row, int column) =>
        Kind switch
        {
            DrawKind.Uniform => CounterRandom.Uniform(_stream, run, row, column),
            DrawKind.Bernoulli => CounterRandom.Uniform(_stream, run, row, column) < Probability ? 1 : 0,
            DrawKind.Gaussian => CounterRandom.Gaussian(_stream, run, row, column),
        };

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [];
}

/// <summary>Distributions of draws.</summary>
internal enum DrawKind
{
    /// <summary>Uniform in [0, 1).</summary>
    Uniform,

    /// <summary>1 with a probability, else 0.</summary>
    Bernoulli,

    /// <summary>Normal, mean 0 and deviation 1.</summary>
    Gaussian,
}

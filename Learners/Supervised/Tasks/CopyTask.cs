using System.ComponentModel.DataAnnotations;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>
/// Random symbols come one by one, then as many blanks, at which the symbols are to be said in their order (Hochreiter and Schmidhuber 1997, in the
/// form without a delay that Mujika et al. 2019 use, "Decoupling hierarchical recurrent neural networks with locally computable losses").
/// </summary>
/// <remarks>The blank is the symbol behind the others. Guessing has a loss of ln(symbols) and an accuracy of 1 / symbols.</remarks>
internal sealed record CopyTask : SupervisedTask
{
    /// <inheritdoc/>
    public override string Name => "copy";

    /// <inheritdoc/>
    public override string Description => "symbols of a sequence, said in their order after its end";

    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 1600
            batch_size: 32
            learning_rate: 2e-3
            max_gradient_norm: 1
            network: { core: lstm, core_size: 64, lstm: { forget_bias: 1 }, hidden_sizes: [] }
            """;

    /// <summary>Symbols of a sequence, L; it has as many blanks.</summary>
    /// <value>1 to 10,000. Default 20.</value>
    [Range(1, 10_000)]
    public int Length { get; init; } = 20;

    /// <summary>Different symbols, without the blank.</summary>
    /// <value>2 to 1,000. Default 8.</value>
    [Range(2, 1_000)]
    public int Symbols { get; init; } = 8;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context) =>
        new SequenceSource(new DataForm(new Discrete(Symbols + 1), new ClassTargets(Symbols), 2 * Length), context, Write);

    private void Write(Samples samples, int b, ref Pcg64 random)
    {
        for (int i = 0; i < Length; i++)
        {
            int symbol = random.NextInt(0, Symbols);
            samples.Input(i, b)[0] = symbol;
            samples.Input(Length + i, b)[0] = Symbols;
            samples.Target(Length + i, b)[0] = symbol;
            samples.Counts[samples.Row(Length + i, b)] = true;
        }
    }
}

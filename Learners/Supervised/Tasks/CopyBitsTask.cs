using System.ComponentModel.DataAnnotations;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>
/// Random patterns of bits, some empty steps, one step with a go flag, and then as many empty steps as patterns, at which the patterns are to be said in
/// their order (Zucchet et al. 2023, "Online learning of long-range dependencies", section 4.1).
/// </summary>
/// <remarks>A sequence has 2 L + padding + 1 steps. The flag is the last bit of the input. Guessing has a loss of ln 2.</remarks>
internal sealed record CopyBitsTask : SupervisedTask
{
    /// <inheritdoc/>
    public override string Name => "copy_bits";

    /// <inheritdoc/>
    public override string Description => "patterns of bits, said in their order after a flag";

    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 500
            batch_size: 32
            learning_rate: 4e-3
            max_gradient_norm: 1
            network: { core: lstm, core_size: 64, lstm: { forget_bias: 1 }, hidden_sizes: [] }
            """;

    /// <summary>Patterns of a sequence, L.</summary>
    /// <value>1 to 10,000. Default 20.</value>
    [Range(1, 10_000)]
    public int Length { get; init; } = 20;

    /// <summary>Bits of a pattern.</summary>
    /// <value>1 to 1,000. Default 4.</value>
    [Range(1, 1_000)]
    public int Bits { get; init; } = 4;

    /// <summary>Empty steps before the flag.</summary>
    /// <value>0 to 10,000. Default 3.</value>
    [Range(0, 10_000)]
    public int Padding { get; init; } = 3;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context) =>
        new SequenceSource(
            new DataForm(new MultiBinary(Bits + 1), new BitTargets(Bits), 2 * Length + Padding + 1),
            context,
            Write
        );

    private void Write(Samples samples, int b, ref Pcg64 random)
    {
        int answers = Length + Padding + 1;
        for (int i = 0; i < Length; i++)
        {
            Span<float> pattern = samples.Input(i, b)[..Bits];
            for (int bit = 0; bit < Bits; bit++)
            {
                pattern[bit] = random.NextInt(0, 2);
            }
            pattern.CopyTo(samples.Target(answers + i, b));
            samples.Counts[samples.Row(answers + i, b)] = true;
        }
        samples.Input(answers - 1, b)[Bits] = 1;
    }
}

using System.ComponentModel.DataAnnotations;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>
/// Numbers between 0 and 1 come one by one, two of them marked, one in each half; after the last one their sum is to be said (Hochreiter and
/// Schmidhuber 1997, section 5.4). Saying 1 always has a squared error of 1/6.
/// </summary>
internal sealed record AddingTask : SupervisedTask
{
    /// <inheritdoc/>
    public override string Name => "adding";

    /// <inheritdoc/>
    public override string Description => "the sum of two marked numbers of a sequence, after its last one";

    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 3000
            batch_size: 32
            learning_rate: 2e-3
            max_gradient_norm: 1
            network: { core: lstm, core_size: 64, lstm: { forget_bias: 1 }, hidden_sizes: [] }
            """;

    /// <summary>Numbers of a sequence.</summary>
    /// <value>2 to 10,000. Default 30.</value>
    [Range(2, 10_000)]
    public int Length { get; init; } = 30;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context) =>
        new SequenceSource(new DataForm(new Box(0, 1, 2), new NumberTargets(1), Length), context, Write);

    private void Write(Samples samples, int b, ref Pcg64 random)
    {
        int early = random.NextInt(0, Length / 2);
        int late = random.NextInt(Length / 2, Length);
        float sum = 0;
        for (int t = 0; t < Length; t++)
        {
            Span<float> input = samples.Input(t, b);
            input[0] = (float)random.NextDouble();
            bool isMarked = t == early || t == late;
            input[1] = isMarked ? 1 : 0;
            sum += isMarked ? input[0] : 0;
        }
        samples.Target(Length - 1, b)[0] = sum;
        samples.Counts[samples.Row(Length - 1, b)] = true;
    }
}

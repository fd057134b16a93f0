using System.ComponentModel.DataAnnotations;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>A cue, then distractors of other symbols, then a question; at the question alone the cue is to be said.</summary>
/// <remarks>
/// A sequence has delay + 2 steps. Symbols are the cues from 0 on, then the distractors, then the question. Guessing has an accuracy of 1 / cues.
/// </remarks>
internal sealed record DelayedRecallTask : SupervisedTask
{
    /// <inheritdoc/>
    public override string Name => "delayed_recall";

    /// <inheritdoc/>
    public override string Description => "the first symbol of a sequence, after distractors";

    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 3000
            batch_size: 32
            learning_rate: 2e-3
            max_gradient_norm: 1
            stop_at_accuracy: 0.9
            network: { core: lstm, core_size: 64, lstm: { forget_bias: 1 }, hidden_sizes: [16] }
            """;

    /// <summary>Distractors between cue and question.</summary>
    /// <value>0 to 10,000. Default 20.</value>
    [Range(0, 10_000)]
    public int Delay { get; init; } = 20;

    /// <summary>Different cues.</summary>
    /// <value>2 to 1,000. Default 8.</value>
    [Range(2, 1_000)]
    public int Cues { get; init; } = 8;

    /// <summary>Different distractors.</summary>
    /// <value>1 to 1,000. Default 8.</value>
    [Range(1, 1_000)]
    public int Distractors { get; init; } = 8;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context) =>
        new SequenceSource(new DataForm(new Discrete(Cues + Distractors + 1), new ClassTargets(Cues), Delay + 2), context, Write);

    private void Write(Samples samples, int b, ref Pcg64 random)
    {
        int cue = random.NextInt(0, Cues);
        samples.Input(0, b)[0] = cue;
        for (int t = 1; t <= Delay; t++)
        {
            samples.Input(t, b)[0] = random.NextInt(Cues, Cues + Distractors);
        }
        samples.Input(Delay + 1, b)[0] = Cues + Distractors;
        samples.Target(Delay + 1, b)[0] = cue;
        samples.Counts[samples.Row(Delay + 1, b)] = true;
    }
}

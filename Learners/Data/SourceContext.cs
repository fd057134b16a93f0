using Environments.Randomness;

namespace Learners.Data;

/// <summary>What a source of samples is made for.</summary>
/// <param name="BatchSize">Sequences or streams of a batch, B.</param>
/// <param name="EvaluationSamples">Sequences of the fixed set where samples are drawn without end.</param>
/// <param name="Seed">Seed of all that is drawn; child 0 is free for what a task draws once, children 1 and 2 belong to sources.</param>
internal sealed record SourceContext(int BatchSize, int EvaluationSamples, SeedSequence Seed)
{
    /// <summary>Seed of what a task draws once, such as words or centres.</summary>
    public SeedSequence TaskSeed => Seed.Child(0);

    /// <summary>Seed of the batches to learn from.</summary>
    public SeedSequence TrainingSeed => Seed.Child(1);

    /// <summary>Seed of the fixed set.</summary>
    public SeedSequence EvaluationSeed => Seed.Child(2);
}

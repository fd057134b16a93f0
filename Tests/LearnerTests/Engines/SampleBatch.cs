using Agents.Networks;
using Learners.Batches;
using Learners.Objectives;

namespace Tests.LearnerTests.Engines;

/// <summary>A batch of every column that any objective reads, by the names of its arrays.</summary>
internal sealed class SampleBatch(NetworkSpec spec, int count, int steps = 1)
{
    public Batch Batch { get; } = Minibatch.Create(spec, [new ReadsAll(spec)], count, steps);

    public int Count => count;

    public int Steps => steps;

    public bool[] EpisodeStarts => Batch.EpisodeStarts;

    public float[] Observations => Batch[Column.Observations(spec)];

    public float[] Features => Batch[Column.Features(spec)];

    public float[] InitialCoreState => Batch[Column.InitialCoreState(spec)];

    public float[] Actions => Batch[Column.Actions(spec)];

    public float[] BehaviourLogProbs => Batch[Column.BehaviourLogProbs];

    public float[] Advantages => Batch[Column.Advantages];

    public float[] Returns => Batch[Column.Returns];

    public float[] OldValues => Batch[Column.OldValues];

    public float[] OldDistributions => Batch[Column.OldDistributions(spec)];

    public static implicit operator Batch(SampleBatch batch) => batch.Batch;

    private sealed class ReadsAll(NetworkSpec spec) : Objective
    {
        public override string Name => "all";

        public override IReadOnlyList<Column> Reads =>
            [Column.OldDistributions(spec), Learners.Vmpo.WeightedLikelihoodObjective.Weights];

        public override Agents.Programs.Value Loss(NetworkEvaluation evaluation) => throw new NotSupportedException();
    }
}

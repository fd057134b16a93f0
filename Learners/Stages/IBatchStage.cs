using Learners.Batches;
using Learners.Composition;
using Learners.Metrics;

namespace Learners.Stages;

/// <summary>
/// Works on a batch after networks were evaluated and before returns are estimated: a teacher's columns, a default policy's penalty, a bonus on rewards.
/// Owns what it needs for that, such as a model of its own.
/// </summary>
/// <remarks>The learner calls stages in an order in which every column is written before it is read. Two that write one column are an error, but for rewards.</remarks>
internal interface IBatchStage : IDisposable, ISavable
{
    /// <summary>Name, unique among the stages of a learner: its scope in checkpoints, and the beginning of its columns' names.</summary>
    string Name { get; }

    /// <summary>Columns that it reads beyond those of every batch, which must be written before.</summary>
    IReadOnlyList<Column> After => [];

    /// <summary>Columns that it writes; <see cref="Column.Rewards"/> for one that adds to rewards, as several may.</summary>
    IReadOnlyList<Column> Writes { get; }

    /// <summary>Whether it reads <see cref="UnrollEvaluator.NextDistributions"/>.</summary>
    bool ReadsNextPolicy => false;

    /// <summary>Whether it adds to advantages, whatever they are, so that it comes after stages that scale or replace them.</summary>
    bool AddsAdvantages => false;

    /// <summary>Names of the metrics that it adds.</summary>
    IReadOnlyList<string> Tags => [];

    /// <summary>Writes its columns.</summary>
    /// <param name="unroll">What is known of the samples: all that was recorded, values of the observations, and columns written by other stages.</param>
    /// <param name="metrics">Receives what of <see cref="Tags"/> there is to tell.</param>
    void Prepare(UnrollEvaluator unroll, MetricAverages metrics);

    /// <summary>A policy of its own to be saved with the run, under its name; null for none.</summary>
    PolicyBeside? Export() => null;

    /// <summary>Changes advantages, after they were estimated and before anything learns from them.</summary>
    /// <param name="unroll">The same samples, with advantages and returns.</param>
    void Correct(UnrollEvaluator unroll) { }

    /// <summary>Learns from the batch, after the agent did.</summary>
    /// <param name="unroll">The same samples, with everything that was estimated.</param>
    /// <param name="progress">Share of the run's steps done, 0 to 1.</param>
    /// <param name="metrics">Receives what of <see cref="Tags"/> there is to tell.</param>
    void Learn(UnrollEvaluator unroll, double progress, MetricAverages metrics) { }
}

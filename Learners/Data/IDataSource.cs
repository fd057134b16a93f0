using Learners.Composition;

namespace Learners.Data;

/// <summary>Gives batches to learn from, without end, and a fixed set to judge by. Its state says which batch comes next. Not thread-safe.</summary>
internal interface IDataSource : ISavable
{
    /// <summary>What samples look like.</summary>
    DataForm Form { get; }

    /// <summary>Batches of the fixed set, for batches of the size that the source was made for; at least 1.</summary>
    int EvaluationBatches { get; }

    /// <summary>Writes the next batch to learn from.</summary>
    /// <param name="samples">Destination, of the source's form and batch size; everything in it is written.</param>
    void Next(Samples samples);

    /// <summary>Writes a batch of the fixed set, which is never learned from; segments of streams are in their order.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <param name="samples">Destination, of the source's form and batch size; everything in it is written.</param>
    void ReadEvaluation(int index, Samples samples);
}

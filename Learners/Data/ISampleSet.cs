namespace Learners.Data;

/// <summary>A number of samples without an order. Immutable.</summary>
internal interface ISampleSet
{
    /// <summary>Samples.</summary>
    int Count { get; }

    /// <summary>Writes a sample.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="input">Destination of the input.</param>
    /// <param name="target">Destination of the target.</param>
    void Read(int index, Span<float> input, Span<float> target);
}

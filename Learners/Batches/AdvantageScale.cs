namespace Learners.Batches;

/// <summary>Advantages of a minibatch in units of their deviation.</summary>
internal static class AdvantageScale
{
    /// <summary>Normalises the advantages of a batch, of which those without weight do not count.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">Its samples.</param>
    public static void Normalize(Batch batch, int rows) =>
        Normalize(
            batch[Column.Advantages].AsSpan(0, rows),
            batch.Has(Column.SampleWeights) ? batch[Column.SampleWeights].AsSpan(0, rows) : []
        );

    /// <summary>Shifts and scales to mean 0 and deviation 1. A single one stays as it is, since it has no deviation.</summary>
    /// <remarks>Deviation with N − 1, and 1e-8 beside it, as the widely used implementations do.</remarks>
    /// <param name="advantages">Advantages, in place.</param>
    /// <param name="weights">Samples of weight 0 do not count for mean and deviation; empty where all count.</param>
    public static void Normalize(Span<float> advantages, ReadOnlySpan<float> weights = default)
    {
        int count = weights.IsEmpty ? advantages.Length : weights.Length - weights.Count(0f);
        if (count < 2)
        {
            return;
        }
        double sum = 0;
        for (int i = 0; i < advantages.Length; i++)
        {
            sum += Counts(weights, i) ? advantages[i] : 0;
        }
        double mean = sum / count;
        double squares = 0;
        for (int i = 0; i < advantages.Length; i++)
        {
            squares += Counts(weights, i) ? (advantages[i] - mean) * (advantages[i] - mean) : 0;
        }
        double scale = 1 / (Math.Sqrt(squares / (count - 1)) + 1e-8);
        for (int i = 0; i < advantages.Length; i++)
        {
            advantages[i] = (float)((advantages[i] - mean) * scale);
        }
    }

    private static bool Counts(ReadOnlySpan<float> weights, int sample) => weights.IsEmpty || weights[sample] != 0;
}

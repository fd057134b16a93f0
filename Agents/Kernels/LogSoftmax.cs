namespace Agents.Kernels;

/// <summary>Log-probabilities of categorical rows, without overflow for any finite logits.</summary>
internal static class LogSoftmax
{
    /// <summary>Writes log p = z − max z − log Σ exp(z − max z) and p of each row; within 1e-6 of the true values for moderate logits.</summary>
    /// <param name="logits"><c>[rows, count]</c>.</param>
    /// <param name="logProbs">Destination, as long.</param>
    /// <param name="probabilities">Destination, as long.</param>
    /// <param name="count">Numbers of a row.</param>
    public static void Rows(ReadOnlySpan<float> logits, Span<float> logProbs, Span<float> probabilities, int count)
    {
        for (int first = 0; first < logits.Length; first += count)
        {
            float max = logits[first];
            for (int j = 1; j < count; j++)
            {
                max = MathF.Max(max, logits[first + j]);
            }
            for (int j = 0; j < count; j++)
            {
                logProbs[first + j] = logits[first + j] - max;
            }
        }
        Elementwise.Exp(logProbs[..logits.Length], probabilities); // one call for all rows, however short they are
        for (int first = 0; first < logits.Length; first += count)
        {
            float sum = 0;
            for (int j = 0; j < count; j++)
            {
                sum += probabilities[first + j];
            }
            float logSum = MathF.Log(sum);
            float inverse = 1 / sum;
            for (int j = 0; j < count; j++)
            {
                logProbs[first + j] -= logSum;
                probabilities[first + j] *= inverse;
            }
        }
    }
}

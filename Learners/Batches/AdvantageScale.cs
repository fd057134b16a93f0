namespace Learners.Batches;

/// <summary>Advantages of a minibatch in units of their deviation.</summary>
internal static class AdvantageScale
{
    /// <summary>Shifts and scales to mean 0 and deviation 1. A single one stays as it is, since it has no deviation.</summary>
    /// <remarks>Deviation with N − 1, and 1e-8 beside it, as the widely used implementations do.</remarks>
    public static void Normalize(Span<float> advantages)
    {
        if (advantages.Length < 2)
        {
            return;
        }
        double sum = 0;
        foreach (float advantage in advantages)
        {
            sum += advantage;
        }
        double mean = sum / advantages.Length;
        double squares = 0;
        foreach (float advantage in advantages)
        {
            squares += (advantage - mean) * (advantage - mean);
        }
        double scale = 1 / (Math.Sqrt(squares / (advantages.Length - 1)) + 1e-8);
        for (int i = 0; i < advantages.Length; i++)
        {
            advantages[i] = (float)((advantages[i] - mean) * scale);
        }
    }
}

using Xunit;

namespace Tests.LearnerTests.Returns;

/// <summary>Compares float32 results with float64 references.</summary>
internal static class Near
{
    public static void Equal(IReadOnlyList<double> expected, IReadOnlyList<float> actual, double tolerance = 2e-5)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            double limit = tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= limit,
                $"Element {i}: {expected[i]:R} expected, {actual[i]:R} found."
            );
        }
    }
}

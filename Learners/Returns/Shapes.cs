namespace Learners.Returns;

/// <summary>Checks of time-major arrays <c>[T, B]</c>.</summary>
internal static class Shapes
{
    /// <exception cref="ArgumentException">A length differs from the first, or is no whole number of rows of B.</exception>
    public static void Require(int batch, int first, params ReadOnlySpan<int> others)
    {
        if (batch < 1 || first % batch != 0)
        {
            throw new ArgumentException($"{first} numbers are no whole steps of {batch} copies.");
        }
        foreach (int length in others)
        {
            if (length != first)
            {
                throw new ArgumentException($"Arrays of {first} and {length} numbers were given; all need T × B of them.");
            }
        }
    }
}

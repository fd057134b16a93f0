namespace Learners.Returns;

/// <summary>Turns episode ends into per-step discounts, λ and marks, so that estimators need no branches.</summary>
internal static class EpisodeBoundaries
{
    /// <summary>Marks the last steps of episodes, for estimators in which λ = 0 does not mean an end.</summary>
    /// <param name="terminated">Step t ended the task, <c>[T, B]</c>.</param>
    /// <param name="truncated">Step t cut the episode off, <c>[T, B]</c>.</param>
    /// <param name="ends">Destination, <c>[T, B]</c>: either of both.</param>
    public static void Mark(ReadOnlySpan<bool> terminated, ReadOnlySpan<bool> truncated, Span<bool> ends)
    {
        Shapes.Require(1, terminated.Length, truncated.Length, ends.Length);
        for (int i = 0; i < terminated.Length; i++)
        {
            ends[i] = terminated[i] | truncated[i];
        }
    }

    /// <summary>Fills discounts and λ.</summary>
    /// <param name="terminated">Step t ended the task, <c>[T, B]</c>: nothing follows, so its discount is 0.</param>
    /// <param name="truncated">Step t cut the episode off, <c>[T, B]</c>: the value of its final observation still counts.</param>
    /// <param name="discountFactor">γ.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="discounts">Destination, <c>[T, B]</c>: γ, or 0 where the task ended.</param>
    /// <param name="lambdas">Destination, <c>[T, B]</c>: λ, or 0 where an episode ended either way, so that no credit crosses the reset.</param>
    public static void Fill(
        ReadOnlySpan<bool> terminated,
        ReadOnlySpan<bool> truncated,
        float discountFactor,
        float lambda,
        Span<float> discounts,
        Span<float> lambdas
    )
    {
        Shapes.Require(1, terminated.Length, truncated.Length, discounts.Length, lambdas.Length);
        for (int i = 0; i < terminated.Length; i++)
        {
            discounts[i] = terminated[i] ? 0 : discountFactor;
            lambdas[i] = terminated[i] | truncated[i] ? 0 : lambda;
        }
    }
}

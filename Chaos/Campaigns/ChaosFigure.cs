namespace Chaos.Campaigns;

/// <summary>A number that a campaign measured, and the bar it has to keep, if any.</summary>
/// <param name="Name">What was measured, in snake_case.</param>
/// <param name="Value">The number, in the unit that its name ends in.</param>
/// <param name="AtMost">Largest value that passes; null for any.</param>
/// <param name="AtLeast">Smallest value that passes; null for any.</param>
internal readonly record struct ChaosFigure(string Name, double Value, double? AtMost = null, double? AtLeast = null)
{
    /// <summary>Whether the number keeps its bar. What could not be measured, not a number, keeps none.</summary>
    public bool IsMet => (AtMost is null || Value <= AtMost) && (AtLeast is null || Value >= AtLeast);

    /// <summary>Whether there is a bar.</summary>
    public bool HasBar => AtMost is not null || AtLeast is not null;
}

namespace Studies.Claims;

/// <summary>How a measure judges the arms.</summary>
internal enum EffectKind
{
    /// <summary>First arm divided by the second; over several tasks the geometric mean. No effect is 1.</summary>
    Ratio,

    /// <summary>First arm minus the second; over several tasks the mean. No effect is 0.</summary>
    Difference,

    /// <summary>One arm against a fixed number, on each task by itself.</summary>
    Bar,
}

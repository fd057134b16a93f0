namespace Studies.Claims;

/// <summary>What kinds of effects have in common.</summary>
internal static class EffectKinds
{
    /// <summary>Whether numbers are divided, so that 1 means no effect; else they are subtracted, and 0 does.</summary>
    /// <param name="effect">Of one arm against a bar, too, which is a difference from it.</param>
    public static bool IsRatio(this EffectKind effect) =>
        effect switch
        {
            EffectKind.Ratio => true,
            EffectKind.Difference or EffectKind.Bar => false,
        };
}

namespace Learners.Reproduction.Claims;

/// <summary>What kinds of effects have in common.</summary>
internal static class EffectKinds
{
    /// <summary>Whether arms are divided, so that 1 means no effect; else they are subtracted, and 0 does.</summary>
    /// <param name="effect">A ratio or difference.</param>
    public static bool IsRatio(this EffectKind effect) =>
        effect switch
        {
            EffectKind.Ratio => true,
            EffectKind.Difference => false,
            _ => throw new InvalidOperationException($"{effect} compares no arms."),
        };
}

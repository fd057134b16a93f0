namespace Learners.Similarity;

/// <summary>What the cosine c of the gradients g_m of the main loss and g_a of an auxiliary one decides; g_a holds the weight of its loss.</summary>
public enum SimilarityRule
{
    /// <summary>Nothing: g_m + g_a.</summary>
    None,

    /// <summary>g_m + g_a max(0, c).</summary>
    Weighted,

    /// <summary>g_m + g_a where c ≥ 0, else g_m.</summary>
    Unweighted,

    /// <summary>g_m + g_a − min(0, ⟨g_a, g_m⟩) / |g_m|² g_m: what of g_a points against g_m is taken out, and the rest stays (the one-sided form of Yu et al. 2020).</summary>
    Projection,
}

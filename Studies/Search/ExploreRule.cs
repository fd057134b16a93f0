namespace Studies.Search;

/// <summary>How a member changes the values that it copied.</summary>
internal enum ExploreRule
{
    /// <summary>Each value is drawn anew with a probability, and otherwise perturbed.</summary>
    Both,

    /// <summary>Numbers are multiplied up or down, choices move to a neighbour.</summary>
    Perturb,

    /// <summary>Each value is drawn anew with a probability, and otherwise kept.</summary>
    Resample,
}

namespace Learners.Similarity;

/// <summary>Which parameters have one cosine, and one decision, together.</summary>
public enum SimilarityBlocks
{
    /// <summary>All that both losses reach.</summary>
    Whole,

    /// <summary>Those of a layer, such as a weight with its bias: whatever has one name but for its last part.</summary>
    Layer,
}

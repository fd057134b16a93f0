namespace Agents.Networks;

/// <summary>How weights of encoder and heads begin; a core has rules of its own.</summary>
public enum WeightInitialization
{
    /// <summary>Orthonormal rows or columns, whichever are fewer, times the layer's gain (Saxe et al. 2014).</summary>
    Orthogonal,

    /// <summary>
    /// Independent Gaussian draws of deviation gain / √n, where n inputs of a row are not 0: √(2 / n) before a rectifier (He et al. 2015). A layer with
    /// more outputs than inputs begins larger so than with orthonormal columns, and much larger behind one-hot vectors, of which one number counts.
    /// </summary>
    He,
}

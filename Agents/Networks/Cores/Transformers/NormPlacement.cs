namespace Agents.Networks.Cores.Transformers;

/// <summary>Where a transformer layer normalises.</summary>
public enum NormPlacement
{
    /// <summary>Before each sub-layer, so that an identity path leads from the first layer to the last (TrXL-I and GTrXL).</summary>
    Pre,

    /// <summary>Behind each addition, as in the original transformer (TrXL).</summary>
    Post,
}

namespace Agents.Programs.Differentiation;

/// <summary>Derivatives of what a graph computes.</summary>
internal static class Derivatives
{
    /// <summary>Adds the nodes that compute gradients of losses.</summary>
    /// <param name="graph">The graph, to which they are added.</param>
    /// <param name="losses">Values with the gradients that arrive there; without one, 1 for each number of the value.</param>
    /// <param name="wanted">Values whose gradients are asked for.</param>
    /// <param name="taps">Receives the products with weights that the gradients pass through; null for nobody.</param>
    public static Gradients Differentiate(
        this Graph graph,
        ReadOnlySpan<(Value Of, Value? Seed)> losses,
        ReadOnlySpan<Value> wanted,
        ICollection<ProductTap>? taps = null
    ) => Differentiator.Run(graph, losses, wanted, taps);
}

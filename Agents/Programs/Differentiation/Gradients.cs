namespace Agents.Programs.Differentiation;

/// <summary>The gradients that a pass found.</summary>
internal sealed class Gradients
{
    private readonly Dictionary<Value, Value> _gradients;

    internal Gradients(Dictionary<Value, Value> gradients) => _gradients = gradients;

    /// <summary>Values with their gradients; those that no loss depends on are not among them.</summary>
    public IReadOnlyDictionary<Value, Value> All => _gradients;

    /// <summary>The gradient of a value, of the same shape; null where no loss depends on it.</summary>
    public Value? this[Value value] => _gradients.GetValueOrDefault(value);
}

namespace Agents.Programs;

/// <summary>Nonlinearity between layers.</summary>
public enum Activation
{
    /// <summary>Hyperbolic tangent: the usual choice for vectors.</summary>
    Tanh,

    /// <summary>max(0, x).</summary>
    Relu,
}

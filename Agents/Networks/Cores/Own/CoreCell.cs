using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores.Own;

/// <summary>What one step of a core reads, and where it leaves what is remembered.</summary>
public sealed class CoreCell
{
    private readonly ParameterScope _parameters;
    private readonly CoreState _state;
    private readonly Dictionary<string, Value> _next = [];

    internal CoreCell(ParameterScope parameters, CoreInputs inputs, CoreState state, int size)
    {
        (_parameters, _state) = (parameters, state);
        Input = inputs.Encoded;
        Size = size;
    }

    /// <summary>What the encoder gives, <c>[N, inputs]</c>.</summary>
    public Value Input { get; }

    /// <summary><c>network.core_size</c>.</summary>
    public int Size { get; }

    /// <summary>A part of the state as the step before left it, <c>[N, columns]</c>; 0 where an episode starts.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public Value this[string part] => _state[part];

    /// <summary>A declared vector, <c>[1, size]</c>.</summary>
    public Value Parameter(string name) => _parameters[name];

    /// <summary>x Wᵀ + b of a declared dense layer, <c>[N, outputs]</c>.</summary>
    public Value Dense(Value x, string name) => _parameters.Dense(x, name);

    /// <summary>x Wᵀ of a declared product, <c>[N, outputs]</c>.</summary>
    public Value Product(Value x, string name) => _parameters.Product(x, name);

    /// <summary>A declared layer normalisation of each row.</summary>
    public Value Norm(Value x, string name) => _parameters.Norm(x, name);

    /// <summary>Leaves a part of the state for the next step.</summary>
    /// <param name="part">Its name.</param>
    /// <param name="next"><c>[N, columns]</c>.</param>
    public void Remember(string part, Value next) => _next[part] = next;

    /// <summary>The next value of a part.</summary>
    /// <exception cref="InvalidOperationException">The core did not give it.</exception>
    internal Value NextOf(string part) =>
        _next.TryGetValue(part, out Value? next)
            ? next
            : throw new InvalidOperationException(
                $"The core does not say what '{part}' is after a step. Call Remember(\"{part}\", …) in Step."
            );
}

using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores.LinearRecurrent;

/// <summary>
/// Layers whose recurrence is linear, complex and diagonal, with a gate behind each (Orvieto et al. 2023, arXiv 2303.06349, in the form of Zucchet et al.
/// 2023, arXiv 2305.15947, appendix A).
/// </summary>
/// <remarks>
/// λ = exp(−exp ν + i exp θ), h = λ h' + exp(γ) B x, y = Re(C h) + D x, z = GELU y, and x ← LN(x + (W z + b) σ(V z + c)). |λ| is below 1 whatever is learned.
/// A complex number is two real ones; real parts come first. The recurrence's parameters are stored divided by the factor of their step size.
/// Watched: <c>LAYER.state</c>, <c>[N, 2 × states]</c>, <c>LAYER.driven</c> (B x, as much), for rules that learn online.
/// </remarks>
/// <param name="inputs">Numbers that it reads.</param>
/// <param name="size">Width between layers.</param>
/// <param name="settings">Layers, states and how they begin.</param>
internal sealed class LinearRecurrentCore(int inputs, int size, LinearRecurrentSettings settings) : MemoryCore
{
    private readonly int _states = settings.StateSize;

    /// <inheritdoc/>
    public override IReadOnlyList<Branch> Branches { get; } = [new("output", size)];

    /// <inheritdoc/>
    public override IReadOnlyList<StatePart> State { get; } =
    [
        .. Enumerable
            .Range(0, settings.Layers)
            .SelectMany(layer =>
                new StatePart[] { new($"{layer}.real", settings.StateSize), new($"{layer}.imaginary", settings.StateSize) }
            ),
    ];

    /// <inheritdoc/>
    public override void Declare(ParameterDeclarations parameters)
    {
        parameters.Dense("input", inputs, size);
        for (int layer = 0; layer < settings.Layers; layer++)
        {
            ParameterDeclarations own = parameters.Within($"{layer}");
            own.Add("recurrence", [3 * _states], new RingInitializer(settings));
            own.Weight("driven", size, 2 * _states, new Initializer.Normal(1 / MathF.Sqrt(2 * size)));
            own.Weight("read", 2 * _states, size, new Initializer.Normal(1 / MathF.Sqrt(_states)));
            own.Add("skip", [size], new Initializer.Normal(1));
            own.Dense("gate", size, 2 * size);
            own.Norm("norm", size);
        }
    }

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode)
    {
        Value x = parameters.Dense(inputs.Encoded, "input");
        var next = new List<Value>();
        for (int layer = 0; layer < settings.Layers; layer++)
        {
            ParameterScope own = parameters.Within($"{layer}");
            Value driven = own.Product(x, "driven");
            (Value real, Value imaginary) = Recur(own["recurrence"], driven, state[$"{layer}.real"], state[$"{layer}.imaginary"]);
            next.AddRange([real, imaginary]);
            Value states = Value.Concat(real, imaginary);
            inputs.Watch($"{layer}.driven", driven);
            inputs.Watch($"{layer}.state", states);
            Value z = Gelu(own.Product(states, "read", x * own["skip"]));
            Value gate = own.Dense(Dropout(z, settings.Dropout, own.NameOf("dropout"), mode), "gate");
            z = gate[..size] * gate.Slice(size, size).Sigmoid();
            x = own.Norm(x + Dropout(z, settings.Dropout, own.NameOf("dropout_output"), mode), "norm");
        }
        return new CoreStep([x], next);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeptArrays> Activations(int steps) =>
        [new("states of linear recurrent units", 2 * _states, 3 * settings.Layers), new("gates", size, 8 * settings.Layers)];

    private (Value Real, Value Imaginary) Recur(Value recurrence, Value driven, Value real, Value imaginary)
    {
        Value stored = recurrence * settings.RecurrentRate;
        Value modulus = (-stored[.._states].Exp()).Exp();
        Value phase = stored.Slice(_states, _states).Exp();
        Value scale = stored.Slice(2 * _states, _states).Exp();
        Value cosine = modulus * phase.Cos();
        Value sine = modulus * phase.Sin();
        return (
            real * cosine - imaginary * sine + driven[.._states] * scale,
            real * sine + imaginary * cosine + driven.Slice(_states, _states) * scale
        );
    }

    // By the hyperbolic tangent (Hendrycks and Gimpel 2016, section 2), as the published code has it.
    private static Value Gelu(Value x)
    {
        Value inner = (x + x * x.Square() * 0.044715f) * MathF.Sqrt(2 / MathF.PI);
        return x * (inner.Tanh() + 1) * 0.5f;
    }
}

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
/// <para>
/// Watched, for rules that learn online: <c>LAYER.input</c>, x; <c>LAYER.driven</c>, B x; <c>LAYER.before</c> and <c>LAYER.state</c>, h' and h; and
/// <c>LAYER.recurrence</c>, the real part of λ, its imaginary part and exp γ of each state. Units do not mix, so the sensitivities of h to λ, exp γ and B are traces of
/// their own: e ← λ e + h', λ e + B x and λ e + exp(γ) xᵀ (Zucchet et al. 2023, section 3.2).
/// </para>
/// Sequences are a loop over delays: a scan by doubling takes longer on one thread, log T passes over all rows in place of one.
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
            Recurrence recurrence = RecurrenceOf(own["recurrence"]);
            (Value formerReal, Value formerImaginary) = (state[$"{layer}.real"], state[$"{layer}.imaginary"]);
            Value real =
                formerReal * recurrence.Real - formerImaginary * recurrence.Imaginary + driven[.._states] * recurrence.Scale;
            Value imaginary =
                formerReal * recurrence.Imaginary
                + formerImaginary * recurrence.Real
                + driven.Slice(_states, _states) * recurrence.Scale;
            next.AddRange([real, imaginary]);
            Value states = Value.Concat(real, imaginary);
            inputs.Watch($"{layer}.input", x);
            inputs.Watch($"{layer}.driven", driven);
            inputs.Watch($"{layer}.before", Value.Concat(formerReal, formerImaginary));
            inputs.Watch($"{layer}.state", states);
            inputs.Watch(
                $"{layer}.recurrence",
                Value
                    .Concat(recurrence.Real, recurrence.Imaginary, recurrence.Scale)
                    .BroadcastTo(Shape.Of(RowSpace.Rows, 3 * _states))
            );
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

    private Recurrence RecurrenceOf(Value parameters)
    {
        Value stored = parameters * settings.RecurrentRate;
        Value modulus = (-stored[.._states].Exp()).Exp();
        Value phase = stored.Slice(_states, _states).Exp();
        return new Recurrence(modulus * phase.Cos(), modulus * phase.Sin(), stored.Slice(2 * _states, _states).Exp());
    }

    // x (1 + tanh u) / 2 = x σ(2 u), by the hyperbolic tangent (Hendrycks and Gimpel 2016, section 2), as the published code has it.
    private static Value Gelu(Value x)
    {
        float slope = 2 * MathF.Sqrt(2 / MathF.PI);
        return x * (x * (x.Square() * (slope * 0.044715f) + slope)).Sigmoid();
    }

    /// <summary>λ and the scale of inputs, <c>[1, states]</c> each.</summary>
    private readonly record struct Recurrence(Value Real, Value Imaginary, Value Scale);
}

using Agents.Networks.Layers;
using Agents.Programs;
using Environments.Randomness;

namespace Agents.Networks.Cores.FastWeights;

/// <summary>
/// A recurrent layer with a second matrix per copy, to which each output adds its outer product, and which each step reads: attention to the recent past,
/// by scalar products (Ba et al. 2016, arXiv 1610.06258, equations 1 to 3).
/// </summary>
/// <remarks>
/// A = λ A' + η h' h'ᵀ with the output h' of the step before; p = W h' + C x + b; h⁰ = f(LN p), hˢ⁺¹ = f(LN(p + A hˢ)); each LN with a gain and an offset of
/// its own. W begins as 0.05 times the identity, C with unit variance. The state has size² + size numbers a copy.
/// </remarks>
/// <param name="inputs">Numbers that it reads.</param>
/// <param name="size">Units.</param>
/// <param name="settings">Decay, rate and reads.</param>
internal sealed class FastWeightsCore(int inputs, int size, FastWeightsSettings settings) : MemoryCore
{
    private const float IdentityScale = 0.05f;

    /// <inheritdoc/>
    public override IReadOnlyList<Branch> Branches { get; } = [new("output", size)];

    /// <inheritdoc/>
    public override IReadOnlyList<StatePart> State { get; } = [new("output", size), new("fast", size * size)];

    /// <inheritdoc/>
    public override void Declare(ParameterDeclarations parameters)
    {
        parameters.Dense("input", inputs, size, new Initializer.Normal(1 / MathF.Sqrt(inputs)));
        parameters.Weight("hidden", size, size, new ScaledIdentity(IdentityScale));
        for (int read = 0; read <= settings.Reads; read++)
        {
            parameters.Norm(NormOf(read), size);
        }
    }

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode)
    {
        Value before = state["output"];
        Value fast = state["fast"] * settings.Decay + (before * settings.Rate).RowOuter(before);
        Value sustained = parameters.Product(before, "hidden", parameters.Dense(inputs.Encoded, "input"));
        Value output = Activated(parameters.Norm(sustained, NormOf(0)));
        for (int read = 1; read <= settings.Reads; read++)
        {
            output = Activated(parameters.Norm(sustained + fast.RowTimesVector(output), NormOf(read)));
        }
        return new CoreStep(output, output, fast);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Sequence(ParameterScope parameters, CoreInputs inputs, CoreState initial, StepMode mode)
    {
        string[] norms = [.. Enumerable.Range(0, settings.Reads + 1).Select(NormOf)];
        return
        [
            parameters.Graph.Apply(
                new FastRecurrence(settings.Decay, settings.Rate, settings.Reads, settings.Activation),
                parameters.Dense(inputs.Encoded, "input"),
                parameters["hidden.weight"].Transpose(),
                Value.Concat([.. norms.Select(norm => parameters[norm + ".weight"])]),
                Value.Concat([.. norms.Select(norm => parameters[norm + ".bias"])]),
                inputs.Keep,
                initial["output"],
                initial["fast"]
            )[0],
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeptArrays> Activations(int steps) =>
        [new("fast weights", (double)size * size, 2), new("reads of the fast weights", size, 3 * (settings.Reads + 1))];

    private Value Activated(Value x) =>
        settings.Activation switch
        {
            Activation.Tanh => x.Tanh(),
            Activation.Relu => x.Relu(),
        };

    private static string NormOf(int read) => $"norm.{read}";
}

/// <summary>A number on the diagonal, and 0 elsewhere.</summary>
/// <param name="Scale">The number.</param>
internal sealed record ScaledIdentity(float Scale) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<float> matrix, int rows, int columns, ref Pcg64 random)
    {
        matrix.Clear();
        for (int i = 0; i < Math.Min(rows, columns); i++)
        {
            matrix[i * columns + i] = Scale;
        }
    }
}

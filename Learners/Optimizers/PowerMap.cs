using System.ComponentModel.DataAnnotations;
using Agents.Programs;

namespace Learners.Optimizers;

/// <summary>Settings of <see cref="PowerMap"/>. Immutable.</summary>
public sealed record PowerMapSettings : ParameterMapSettings
{
    /// <inheritdoc/>
    public override string Name => "power";

    /// <inheritdoc/>
    public override string Description => "weights are signed powers of what is learned (Schwarz et al. 2021)";

    /// <summary>The power, α; at 1 weights are what is learned.</summary>
    /// <value>1 to 10. Default 2.</value>
    [Range(1f, 10f)]
    public float Exponent { get; init; } = 2;

    internal override IParameterMap Create(IReadOnlyList<ParameterSlot> slots) =>
        new PowerMap([.. slots.Where(slot => slot.IsProduct)], Exponent);
}

/// <summary>Weights of products as signed powers, w = θ |θ|^(α − 1), so that large ones grow faster and small ones stay small (Schwarz et al. 2021, section 2).</summary>
/// <param name="slots">Arrays that are mapped.</param>
/// <param name="exponent">α, at least 1.</param>
internal sealed class PowerMap(IReadOnlyList<ParameterSlot> slots, float exponent) : IParameterMap
{
    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> stored, Span<float> effective) => Raise(stored, effective, exponent);

    /// <inheritdoc/>
    public void Invert(ReadOnlySpan<float> effective, Span<float> stored) => Raise(effective, stored, 1 / exponent);

    /// <inheritdoc/>
    /// <remarks>∂w / ∂θ = α |θ|^(α − 1).</remarks>
    public void Pull(ReadOnlySpan<float> stored, Span<float> gradient)
    {
        foreach (ParameterSlot slot in slots)
        {
            ReadOnlySpan<float> from = slot.In(stored);
            Span<float> to = slot.In(gradient);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] *= exponent * Power(MathF.Abs(from[i]), exponent - 1);
            }
        }
    }

    private void Raise(ReadOnlySpan<float> from, Span<float> to, float power)
    {
        if (!from.Overlaps(to))
        {
            from.CopyTo(to);
        }
        foreach (ParameterSlot slot in slots)
        {
            Span<float> values = slot.In(to);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = MathF.CopySign(Power(MathF.Abs(values[i]), power), values[i]);
            }
        }
    }

    // Squares and their roots are most asked for.
    private static float Power(float x, float power) =>
        power == 2 ? x * x
        : power == 1 ? x
        : power == 0.5f ? MathF.Sqrt(x)
        : MathF.Pow(x, power);
}

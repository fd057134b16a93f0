using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Programs;

/// <summary>y = Factor x + Shift.</summary>
/// <param name="Factor">Factor.</param>
/// <param name="Shift">Shift.</param>
internal sealed record ScaleShift(float Factor, float Shift) : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        if (Shift == 0)
        {
            Arithmetic.Apply<ProductOf>(x, Factor, y);
        }
        else if (Factor == 1)
        {
            Arithmetic.Apply<SumOf>(x, Shift, y);
        }
        else
        {
            Arithmetic.Apply<ProductOf>(x, Factor, y);
            Arithmetic.Apply<SumOf>(y, Shift, y);
        }
    }

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * Factor;
}

/// <summary>y = tanh x.</summary>
internal sealed record Tanh : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y) => Kernels.Elementwise.Tanh(x, y);

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => y.Graph.Apply(new TanhGradient(), gradient, y)[0];
}

/// <summary>y = 1 / (1 + exp(−x)).</summary>
internal sealed record Sigmoid : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y) => Kernels.Elementwise.Sigmoid(x, y);

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * (y - y.Square());
}

/// <summary>y = max(0, x); its slope at 0 is 0.</summary>
internal sealed record Relu : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y) => Arithmetic.Apply<GreaterOf>(x, 0f, y);

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => y.Graph.Apply(new ReluGradient(), gradient, y)[0];
}

/// <summary>y = log(1 + exp x), without overflow.</summary>
internal sealed record Softplus : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = MathF.Max(x[i], 0) + float.LogP1(MathF.Exp(-MathF.Abs(x[i])));
        }
    }

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * x.Sigmoid();
}

/// <summary>y = exp x.</summary>
internal sealed record Exp : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y) => Kernels.Elementwise.Exp(x, y);

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * y;
}

/// <summary>y = log x.</summary>
internal sealed record Log : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Log(x, y);

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * x.Reciprocal();
}

/// <summary>y = x².</summary>
internal sealed record Square : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y) => Arithmetic.Apply<ProductOf>(x, x, y);

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * (x * 2);
}

/// <summary>y = √x.</summary>
internal sealed record Sqrt : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Sqrt(x, y);

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * (y.Reciprocal() * 0.5f);
}

/// <summary>y = 1 / x.</summary>
internal sealed record Reciprocal : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Divide(1f, x, y);

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * (y.Square() * -1);
}

/// <summary>y = |x|; its slope at 0 is 0.</summary>
internal sealed record Abs : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Abs(x, y);

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * x.Sign();
}

/// <summary>y = −1, 0 or 1; what is not a number stays so. Its slope is 0 everywhere.</summary>
internal sealed record Sign : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] =
                x[i] > 0 ? 1
                : x[i] < 0 ? -1
                : x[i];
        }
    }

    /// <inheritdoc/>
    protected override Value? Backward(Value x, Value y, Value gradient) => null;
}

/// <summary>y = sin x.</summary>
internal sealed record Sin : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        // Not by registers: where one number is large all of its register would be computed in another way.
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = MathF.Sin(x[i]);
        }
    }

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * x.Cos();
}

/// <summary>y = cos x.</summary>
internal sealed record Cos : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        // Not by registers: where one number is large all of its register would be computed in another way.
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = MathF.Cos(x[i]);
        }
    }

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * (x.Sin() * -1);
}

/// <summary>y = x to a constant power; x is positive unless the power is whole.</summary>
/// <param name="Exponent">The power.</param>
internal sealed record Power(float Exponent) : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = MathF.Pow(x[i], Exponent);
        }
    }

    /// <inheritdoc/>
    protected override Value Backward(Value x, Value y, Value gradient) => gradient * (x.Power(Exponent - 1) * Exponent);
}

/// <summary>y = x. No gradient passes.</summary>
internal sealed record StopGradient : Unary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        if (!x.Overlaps(y))
        {
            x.CopyTo(y);
        }
    }

    /// <inheritdoc/>
    protected override Value? Backward(Value x, Value y, Value gradient) => null;
}

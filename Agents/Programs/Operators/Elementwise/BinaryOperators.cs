using Agents.Kernels;

namespace Agents.Programs;

/// <summary>a + b.</summary>
internal sealed record Add : Binary
{
    /// <inheritdoc/>
    public override bool IsCommutative => true;

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Arithmetic.Apply<SumOf>(a, b, y);

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, float b, Span<float> y) => Arithmetic.Apply<SumOf>(a, b, y);

    /// <inheritdoc/>
    protected override void ApplyToRows(ReadOnlySpan<float> a, ReadOnlySpan<float> row, Span<float> y) =>
        Arithmetic.ApplyToRows<SumOf>(a, row, y);

    /// <inheritdoc/>
    protected override (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient) => (gradient, gradient);
}

/// <summary>a − b.</summary>
internal sealed record Subtract : Binary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Arithmetic.Apply<DifferenceOf>(a, b, y);

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, float b, Span<float> y) => Arithmetic.Apply<DifferenceOf>(a, b, y);

    /// <inheritdoc/>
    protected override void ApplyToRows(ReadOnlySpan<float> a, ReadOnlySpan<float> row, Span<float> y) =>
        Arithmetic.ApplyToRows<DifferenceOf>(a, row, y);

    /// <inheritdoc/>
    protected override (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient) => (gradient, gradient * -1);
}

/// <summary>a b, number by number.</summary>
internal sealed record Multiply : Binary
{
    /// <inheritdoc/>
    public override bool IsCommutative => true;

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Arithmetic.Apply<ProductOf>(a, b, y);

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, float b, Span<float> y) => Arithmetic.Apply<ProductOf>(a, b, y);

    /// <inheritdoc/>
    protected override void ApplyToRows(ReadOnlySpan<float> a, ReadOnlySpan<float> row, Span<float> y) =>
        Arithmetic.ApplyToRows<ProductOf>(a, row, y);

    /// <inheritdoc/>
    protected override (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient) => (gradient * b, gradient * a);
}

/// <summary>The smaller one of a and b; where they are equal all of the gradient is a's.</summary>
internal sealed record Minimum : Binary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Arithmetic.Apply<SmallerOf>(a, b, y);

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, float b, Span<float> y) => Arithmetic.Apply<SmallerOf>(a, b, y);

    /// <inheritdoc/>
    protected override (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient)
    {
        Value first = a.IsAtMost(b);
        return (gradient.Where(first), gradient.Where(1 - first));
    }
}

/// <summary>The greater one of a and b; where they are equal all of the gradient is a's.</summary>
internal sealed record Maximum : Binary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Arithmetic.Apply<GreaterOf>(a, b, y);

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, float b, Span<float> y) => Arithmetic.Apply<GreaterOf>(a, b, y);

    /// <inheritdoc/>
    protected override (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient)
    {
        Value first = a.IsAtLeast(b);
        return (gradient.Where(first), gradient.Where(1 - first));
    }
}

/// <summary>1 where a ≤ b, else 0. Its slope is 0 everywhere.</summary>
internal sealed record LessEqual : Binary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        for (int i = 0; i < a.Length; i++)
        {
            y[i] = a[i] <= b[i] ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, float b, Span<float> y)
    {
        for (int i = 0; i < a.Length; i++)
        {
            y[i] = a[i] <= b ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    protected override (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient) => (null, null);
}

/// <summary>1 where a ≥ b, else 0. Its slope is 0 everywhere.</summary>
internal sealed record GreaterEqual : Binary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        for (int i = 0; i < a.Length; i++)
        {
            y[i] = a[i] >= b[i] ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, float b, Span<float> y)
    {
        for (int i = 0; i < a.Length; i++)
        {
            y[i] = a[i] >= b ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    protected override (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient) => (null, null);
}

/// <summary>a where b is not 0, else 0, whatever a is there: 0 × ∞ would not do.</summary>
internal sealed record Mask : Binary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        for (int i = 0; i < a.Length; i++)
        {
            y[i] = b[i] != 0 ? a[i] : 0;
        }
    }

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, float b, Span<float> y)
    {
        if (b == 0)
        {
            y.Clear();
        }
        else
        {
            a.CopyTo(y);
        }
    }

    /// <inheritdoc/>
    protected override (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient) => (gradient.Where(b), null);
}

/// <summary>a (1 − b²): what comes through tanh from the gradient a of its output b.</summary>
internal sealed record TanhGradient : Binary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Kernels.Elementwise.TanhGradient(b, a, y);

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, float b, Span<float> y) => Arithmetic.Apply<ProductOf>(a, 1 - b * b, y);

    /// <inheritdoc/>
    protected override (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient) =>
        (y.Graph.Apply(this, gradient, b)[0], gradient * (a * b) * -2);
}

/// <summary>a where b &gt; 0, else 0: what comes through the rectifier from the gradient a of its output b.</summary>
internal sealed record ReluGradient : Binary
{
    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Kernels.Elementwise.ReluGradient(b, a, y);

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> a, float b, Span<float> y)
    {
        if (b > 0)
        {
            a.CopyTo(y);
        }
        else
        {
            y.Clear();
        }
    }

    /// <inheritdoc/>
    protected override (Value?, Value?) Backward(Value a, Value b, Value y, Value gradient) =>
        (y.Graph.Apply(this, gradient, b)[0], null);
}

using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>A function of single numbers.</summary>
internal abstract record Unary : Operator
{
    /// <summary>The widest register. A shorter row is widened, so that a number's place in a buffer and the length of it do not matter to its bits.</summary>
    internal const int Widest = 16;

    /// <inheritdoc/>
    public sealed override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public sealed override void Run(in Frame frame)
    {
        ReadOnlySpan<float> x = frame.Input(0);
        Span<float> y = frame.Output(0);
        if (x.Length >= Widest)
        {
            Apply(x, y);
            return;
        }
        Span<float> wide = stackalloc float[Widest];
        wide.Fill(1);
        x.CopyTo(wide);
        Apply(wide, wide);
        wide[..x.Length].CopyTo(y);
    }

    /// <inheritdoc/>
    public sealed override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) =>
        [Backward(node.Inputs[0], node.Outputs[0], gradients[0]!)];

    /// <summary>Writes y = f(x), of at least sixteen numbers; both may be one span.</summary>
    protected abstract void Apply(ReadOnlySpan<float> x, Span<float> y);

    /// <summary>The gradient of x from that of y.</summary>
    protected abstract Value? Backward(Value x, Value y, Value gradient);
}

using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>Age of each episode, and its age one step later, both <c>[N, 1]</c>; from the age in the state and keep, 0 where an episode starts.</summary>
/// <remarks>See <see cref="Ring"/>. Whole numbers, so without gradient.</remarks>
/// <param name="Length">Rows of the ring, M.</param>
internal sealed record RingAge(int Length) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RequireColumns(inputs[0], 1, "the age");
        RequireColumns(inputs[1], 1, "keep");
        return [inputs[0], inputs[0]];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> stored = frame.Input(0);
        ReadOnlySpan<float> keep = frame.Input(1);
        Span<float> ages = frame.Output(0);
        Span<float> next = frame.Output(1);
        for (int row = 0; row < ages.Length; row++)
        {
            int age = keep[row] == 0 ? 0 : Ring.AgeOf(stored[row], Length);
            ages[row] = age;
            next[row] = Ring.NextAge(age, Length);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients) => [null, null];
}

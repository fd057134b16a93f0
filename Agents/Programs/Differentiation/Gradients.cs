using System.Collections.Immutable;

namespace Agents.Programs.Differentiation;

/// <summary>The gradients that one or several passes found.</summary>
internal sealed class Gradients
{
    private readonly Dictionary<Value, Value> _gradients;

    internal Gradients(Dictionary<Value, Value> gradients)
    {
        _gradients = gradients;
        Sinks = SinksOf(gradients, 0);
    }

    private Gradients(ImmutableArray<Sink> sinks)
    {
        _gradients = [];
        Sinks = sinks;
    }

    /// <summary>Several gradients of the same parameters, one flat gradient behind the other.</summary>
    /// <param name="gradients">One for each loss.</param>
    /// <param name="stride">Floats of one flat gradient.</param>
    public static Gradients Beside(IReadOnlyList<Gradients> gradients, int stride) =>
        new([.. gradients.SelectMany((each, i) => SinksOf(each._gradients, i * stride))]);

    /// <summary>Values with their gradients; those that no loss depends on are not among them, and neither are those of <see cref="Beside"/>.</summary>
    public IReadOnlyDictionary<Value, Value> All => _gradients;

    /// <summary>What belongs into the flat gradient, in its order.</summary>
    public ImmutableArray<Sink> Sinks { get; }

    /// <summary>The gradient of a value, of the same shape; null where no loss depends on it.</summary>
    public Value? this[Value value] => _gradients.GetValueOrDefault(value);

    private static ImmutableArray<Sink> SinksOf(Dictionary<Value, Value> gradients, int first)
    {
        var sinks = new List<Sink>();
        foreach ((Value value, Value gradient) in gradients)
        {
            if (value.Node.Operator is Parameter parameter)
            {
                sinks.Add(new Sink(gradient, first + parameter.Slot.Offset));
            }
        }
        sinks.Sort((a, b) => a.Offset.CompareTo(b.Offset));
        return [.. sinks];
    }
}

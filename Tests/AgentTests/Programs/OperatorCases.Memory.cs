using Agents.Programs;

namespace Tests.AgentTests.Programs;

/// <content>Rings, and attention over them: episodes that begin inside, memories of every age, more steps than pass together.</content>
internal static partial class OperatorCases
{
    private const int Heads = 2;
    private const int HeadSize = 3;
    private const int Remembered = 5;
    private const int Width = 4;
    private const int Projected = Heads * HeadSize;

    private static void AddMemory(Dictionary<Type, Action<Problem>> builders)
    {
        builders[typeof(RingAge)] = p =>
        {
            Value age = p.Index("age", _ => 2 * Remembered + 3);
            p.Graph.Apply(new RingAge(Remembered), age * 1.3f - 2, p.Keep()).ToList().ForEach(value => p.Ask(value));
        };
        builders[typeof(RingRows)] = p =>
        {
            Value state = p.Input("state", 2 + Remembered * Width + 1, Numbers.Spread, RowSpace.Sequences, differentiable: false);
            Value age = p.Index("age", _ => 2 * Remembered, RowSpace.Sequences);
            p.Ask(p.Graph.Apply(new RingRows(new Ring(2, Remembered, Width)), state, age)[0] * p.Scalar("scale", Numbers.Spread));
        };
        builders[typeof(StateUpdate)] = p =>
        {
            Value state = p.State(2 + Remembered * Width + 8, Numbers.Spread);
            Value age = p.Index("age", _ => 2 * Remembered);
            StatePlace[] places =
            [
                new(1, 1, 0),
                new(2, Width, Remembered),
                new(3 + Remembered * Width, 2, 0),
                new(6 + Remembered * Width, 2, 1),
            ];
            Value[] written = [.. places.Select((place, i) => p.Input($"x{i}", place.Columns, Numbers.Spread))];
            p.Ask(state[3..6] + 1);
            p.Ask(p.Graph.Apply(new StateUpdate([.. places]), [state, .. written, age, age])[0]);
        };
        builders[typeof(RelativeAttention)] = p =>
        {
            p.Orders = 1;
            p.Ask(p.Graph.Apply(new RelativeAttention(Heads, Remembered), AttentionInputs(p))[0]);
        };
        builders[typeof(RelativeAttentionGradient)] = p =>
        {
            p.Orders = 0;
            Value[] inputs = AttentionInputs(p);
            var attention = new RelativeAttention(Heads, Remembered);
            Value weights = p.Ask(p.Graph.Apply(attention, inputs)[1]);
            Value gradient = p.Input("g", Projected, Numbers.Spread);
            var results = p.Graph.Apply(new RelativeAttentionGradient(attention), [.. inputs[..8], weights, gradient]);
            results.ToList().ForEach(value => p.Ask(value));
        };
        builders[typeof(RingAttention)] = p =>
        {
            Value state = p.State(3 + 2 * Remembered * Width, Numbers.Spread);
            Value age = p.Index("age", _ => 2 * Remembered);
            foreach (bool scales in (bool[])[false, true])
            {
                int place = scales ? 3 + Remembered * Width : 1;
                Value[] scale = scales
                    ? [p.Parameter("gain", 1, Width, Numbers.Spread), p.Parameter("offset", 1, Width, Numbers.Spread)]
                    : [];
                Value[] inputs =
                [
                    p.Input($"q{scales}", Projected, Numbers.Spread),
                    p.Input($"own{scales}", Width, Numbers.Spread),
                    state,
                    age,
                    p.Parameter($"key{scales}", Projected, Width, Numbers.Spread),
                    p.Parameter($"value{scales}", Heads * Width, HeadSize, Numbers.Spread),
                    p.Parameter($"position{scales}", Projected, Remembered + 1, Numbers.Spread),
                    p.Parameter($"u{scales}", 1, Projected, Numbers.Spread),
                    p.Parameter($"v{scales}", 1, Projected, Numbers.Spread),
                    .. scale,
                ];
                var results = p.Graph.Apply(new RingAttention(Heads, new Ring(place, Remembered, Width)), inputs);
                results.ToList().ForEach(value => p.Ask(value));
            }
        };
    }

    private static Value[] AttentionInputs(Problem p)
    {
        RowSpace remembered = RowSpace.Remembered(Remembered);
        return
        [
            p.Input("q", Projected, Numbers.Spread),
            p.Input("k", Projected, Numbers.Spread),
            p.Input("v", Projected, Numbers.Spread),
            p.Input("memory k", Projected, Numbers.Spread, remembered),
            p.Input("memory v", Projected, Numbers.Spread, remembered),
            p.Parameter("position", Projected, Remembered + 1, Numbers.Spread),
            p.Parameter("u", 1, Projected, Numbers.Spread),
            p.Parameter("w", 1, Projected, Numbers.Spread),
            p.Input("keep", 1, random => random.Next(20) == 0 ? 0 : 1, differentiable: false),
            p.Index("age", _ => 2 * Remembered, RowSpace.Sequences),
        ];
    }
}

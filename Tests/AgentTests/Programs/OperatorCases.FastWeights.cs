using Agents.Programs;

namespace Tests.AgentTests.Programs;

/// <content>Layers with fast weights: episodes that begin inside and before, several reads and none, both nonlinearities.</content>
internal static partial class OperatorCases
{
    private const int Units = 4;

    private static readonly FastRecurrence[] FastRecurrences =
    [
        new(0.9f, 0.5f, 2, Activation.Tanh),
        new(0, 0.7f, 1, Activation.Relu),
        new(0.8f, 0.4f, 0, Activation.Tanh),
    ];

    private static void AddFastWeights(Dictionary<Type, Action<Problem>> builders)
    {
        builders[typeof(FastRecurrence)] = p =>
        {
            p.Orders = 1;
            for (int i = 0; i < FastRecurrences.Length; i++)
            {
                p.Ask(p.Graph.Apply(FastRecurrences[i], FastInputs(p, FastRecurrences[i], i))[0] * 0.25f);
            }
        };
        builders[typeof(FastRecurrenceGradient)] = p =>
        {
            p.Orders = 0;
            Value[] inputs = FastInputs(p, FastRecurrences[0], 0);
            var given = p.Graph.Apply(FastRecurrences[0], inputs);
            given.ToList().ForEach(value => p.Ask(value));
            Value gradient = p.Input("g", Units, Numbers.Spread);
            var results = p.Graph.Apply(new FastRecurrenceGradient(FastRecurrences[0]), [.. inputs, .. given, gradient]);
            results.ToList().ForEach(value => p.Ask(value));
        };
    }

    private static Value[] FastInputs(Problem p, FastRecurrence operation, int index)
    {
        int width = (operation.Reads + 1) * Units;
        return
        [
            p.Input($"driven {index}", Units, random => 3 * Numbers.Spread(random)),
            p.Parameter($"weight {index}", Units, Units, Weak),
            p.Parameter($"gain {index}", 1, width, Weak),
            p.Parameter($"offset {index}", 1, width, Numbers.Spread),
            p.Input($"keep {index}", 1, random => random.Next(8) == 0 ? 0 : 1, differentiable: false),
            p.Input($"before {index}", Units, Numbers.Spread, RowSpace.Sequences),
            p.Input($"fast {index}", Units * Units, Numbers.Spread, RowSpace.Sequences),
        ];

        // A strong recurrence would make a rounding error grow from step to step.
        static float Weak(Random random) => 0.4f * Numbers.Spread(random);
    }
}

using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Tests.AgentTests.Programs.Doubles;

namespace Tests.AgentTests.Programs;

/// <summary>What one run gave: the plan's outputs in their order, then the gradients that belong into the flat gradient.</summary>
internal sealed class ProgramResults(IReadOnlyList<Value> values, IReadOnlyList<float[]> numbers)
{
    public IReadOnlyList<Value> Values => values;

    public IReadOnlyList<float[]> Numbers => numbers;

    /// <summary>A plan of a problem's outputs and, from the first order on, of the gradients of that order.</summary>
    public static Plan Plan(Problem problem, ProblemData data, int order, Func<PlanOptions, PlanOptions>? change = null)
    {
        GradientLevel? level = order > 0 ? problem.Levels[order - 1] : null;
        var options = new PlanOptions(data.Size.Rows, problem.HasState ? 0 : data.Size.Sequences)
        {
            OtherSpaces = data.Size.OtherSpaces ?? new Dictionary<RowSpace, int>(),
        };
        Value[] outputs = [.. problem.Outputs.Concat(level?.OfInputs ?? []).Distinct()];
        return Agents.Programs.Planning.Plan.Compile(
            problem.Graph,
            outputs,
            level?.Gradients,
            change is null ? options : change(options)
        );
    }

    public static ProgramResults Managed(Plan plan, ProblemData data, bool poisons = false)
    {
        var gradient = new float[plan.Sinks.IsEmpty ? 0 : data.Parameters.Length];
        var program = new ManagedProgram(plan, data.Parameters, gradient) { PoisonsMemory = poisons };
        Bind(program, data);
        foreach ((RowSpace space, int rows) in data.Size.OtherSpaces ?? new Dictionary<RowSpace, int>())
        {
            program.SetRows(space, rows);
        }
        Run(program, data);
        float[]? state = Run(program, data); // what the first run left behind must not matter
        return Of(plan, program, gradient, state);
    }

    /// <summary>Runs a program, or advances a copy of its state by a step.</summary>
    /// <returns>The state afterwards; null where the problem has none.</returns>
    public static float[]? Run(IProgram program, ProblemData data)
    {
        if (data.Numbers.FirstOrDefault(leaf => leaf.Key.Node.Operator is State).Value is not { } before)
        {
            program.Run(data.Size.Rows, data.Size.Sequences, data.Size.Draw);
            return null;
        }
        float[] state = [.. before];
        program.Advance(data.Size.Rows, state);
        return state;
    }

    public static ProgramResults Of(Plan plan, IProgram program, float[] gradient, float[]? state)
    {
        var numbers = new List<float[]>();
        foreach (Value output in plan.Outputs)
        {
            numbers.Add(output.Node.Operator is StateUpdate ? state! : program[output].ToArray());
        }
        numbers.AddRange(plan.Sinks.Select(sink => gradient.AsSpan(sink.Offset, sink.Gradient.Shape.Size).ToArray()));
        return new ProgramResults([.. plan.Outputs, .. plan.Sinks.Select(sink => sink.Gradient)], numbers);
    }

    public static void Bind(IProgram program, ProblemData data)
    {
        foreach ((Value value, float[] numbers) in data.Numbers)
        {
            switch (value.Node.Operator)
            {
                case Input or Given:
                    program.Bind(value, numbers);
                    break;
                case Scalar:
                    program.Set(value, numbers[0]);
                    break;
            }
        }
    }

    /// <summary>The same values in double precision.</summary>
    public static IReadOnlyList<DoubleArray> Doubles(IReadOnlyCollection<Value> values, ProblemData data)
    {
        Dictionary<Value, DoubleArray> found = DoubleForms.Interpreter.Evaluate(values, data.Size, Known(data), data.Parameters);
        return [.. values.Select(value => found[value])];
    }

    public static Dictionary<Value, DoubleArray> Known(ProblemData data) =>
        data.Numbers.ToDictionary(
            pair => pair.Key,
            pair => DoubleArray.Of(pair.Value, pair.Value.Length / pair.Key.Columns, pair.Key.Columns)
        );

    /// <summary>Where these numbers are others than in double precision; null for nowhere.</summary>
    public string? DifferenceFrom(IReadOnlyList<DoubleArray> expected, double tolerance)
    {
        for (int i = 0; i < Values.Count; i++)
        {
            double scale = 1 + expected[i].Numbers.Max(Math.Abs);
            for (int j = 0; j < Numbers[i].Length; j++)
            {
                double error = Math.Abs(Numbers[i][j] - expected[i].Numbers[j]);
                if (!(error <= tolerance * scale))
                {
                    return $"{Values[i]}: number {j} is {Numbers[i][j]}, where {expected[i].Numbers[j]} was expected.";
                }
            }
        }
        return null;
    }

    /// <summary>Where these numbers are others than those of another run; null for nowhere.</summary>
    public string? DifferenceFrom(ProgramResults other, double tolerance)
    {
        for (int i = 0; i < Values.Count; i++)
        {
            if (Numbers[i].Length != other.Numbers[i].Length)
            {
                return $"{Values[i]}: {Numbers[i].Length} numbers in place of {other.Numbers[i].Length}.";
            }
            double scale = 1 + other.Numbers[i].Max(number => (double)Math.Abs(number));
            for (int j = 0; j < Numbers[i].Length; j++)
            {
                (float first, float second) = (Numbers[i][j], other.Numbers[i][j]);
                bool same =
                    BitConverter.SingleToInt32Bits(first) == BitConverter.SingleToInt32Bits(second)
                    || tolerance > 0 && Math.Abs((double)first - second) <= tolerance * scale;
                if (!same)
                {
                    return $"{Values[i]}: number {j} is {first} in one run and {second} in the other.";
                }
            }
        }
        return null;
    }
}

using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Torch;
using Tests.AgentTests.Programs.Doubles;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.AgentTests.Programs;

/// <summary>What must hold for every graph. Each check says what does not; null where all does.</summary>
internal static class ProgramChecks
{
    /// <summary>A managed run equals the interpreter in double precision.</summary>
    public static string? Doubles(Problem problem, ProblemData data, int order, double tolerance, Func<Plan, Plan>? damage = null)
    {
        Plan plan = ProgramResults.Plan(problem, data, order);
        ProgramResults managed = ProgramResults.Managed(damage is null ? plan : damage(plan), data);
        return managed.DifferenceFrom(ProgramResults.Doubles(managed.Values, data), tolerance);
    }

    /// <summary>Memory that is poisoned before each run, or never used again, gives the same bits; and blocks of other lengths the same numbers.</summary>
    public static string? Memory(Problem problem, ProblemData data, int order, int[] blocks, double tolerance)
    {
        Plan plan = ProgramResults.Plan(problem, data, order);
        ProgramResults expected = ProgramResults.Managed(plan, data);
        string? found = Named("poisoned memory", ProgramResults.Managed(plan, data, poisons: true).DifferenceFrom(expected, 0));
        Plan unrecycled = ProgramResults.Plan(problem, data, order, options => options with { Recycles = false });
        found ??= Named(
            "no memory used again",
            ProgramResults.Managed(unrecycled, data, poisons: true).DifferenceFrom(expected, 0)
        );
        Plan larger = ProgramResults.Plan(problem, data, order, Larger);
        found ??= Named("room for more rows", ProgramResults.Managed(larger, data, poisons: true).DifferenceFrom(expected, 0));
        foreach (int rows in blocks)
        {
            Plan blocked = ProgramResults.Plan(problem, data, order, options => options with { BlockRows = rows });
            found ??= Named(
                $"blocks of {rows}",
                ProgramResults.Managed(blocked, data, poisons: true).DifferenceFrom(expected, tolerance)
            );
        }
        return found;
    }

    /// <summary>Gradients in double precision are the slopes of the loss.</summary>
    public static string? Slopes(Problem problem, ProblemData data, int order, double tolerance)
    {
        GradientLevel level = problem.Levels[order - 1];
        Value[] of = [.. level.Losses.SelectMany(loss => (Value[])[loss.Of, loss.Seed!]).Distinct()];
        Dictionary<Value, DoubleArray> known = ProgramResults.Known(data);
        foreach (Value leaf in level.Wanted)
        {
            DoubleArray numbers = known[leaf];
            DoubleArray gradient = level.Gradients[leaf] is { } value
                ? ProgramResults.Doubles([value], data)[0]
                : new DoubleArray(numbers.Rows, numbers.Columns);
            for (int i = 0; i < numbers.Numbers.Length; i++)
            {
                double number = numbers.Numbers[i];
                double slope = 0;
                foreach (int sign in (int[])[1, -1])
                {
                    numbers.Numbers[i] = number + sign * Step;
                    slope += sign * Loss(level, of, data, known) / (2 * Step);
                }
                numbers.Numbers[i] = number;
                if (!(Math.Abs(slope - gradient.Numbers[i]) <= tolerance * (1 + Math.Abs(slope))))
                {
                    return $"The gradient of {leaf} is {gradient.Numbers[i]} at {i}, where the slope is {slope}.";
                }
            }
        }
        return null;
    }

    /// <summary>The slope along a random direction of all leaves is what the gradients in double precision say.</summary>
    public static string? SlopeAlong(Problem problem, ProblemData data, int order, int seed, double tolerance)
    {
        GradientLevel level = problem.Levels[order - 1];
        Value[] of = [.. level.Losses.SelectMany(loss => (Value[])[loss.Of, loss.Seed!]).Distinct()];
        Dictionary<Value, DoubleArray> known = ProgramResults.Known(data);
        var random = new Random(seed);
        Value[] moved = [.. level.Wanted];
        DoubleArray[] directions =
        [
            .. moved.Select(leaf => DoubleArray.Make(known[leaf].Rows, known[leaf].Columns, (_, _) => Numbers.Bell(random))),
        ];
        double expected = 0;
        Value[] gradients = [.. level.Gradients.All.Values.Distinct()];
        Dictionary<Value, DoubleArray> found = gradients
            .Zip(ProgramResults.Doubles(gradients, data))
            .ToDictionary(pair => pair.First, pair => pair.Second);
        for (int i = 0; i < moved.Length; i++)
        {
            if (level.Gradients[moved[i]] is { } gradient)
            {
                expected += Dot(found[gradient], directions[i]);
            }
        }
        double slope = 0;
        // A kink may lie between the two points, so that a shorter step may be right.
        foreach (double step in (double[])[1e-5, 1e-6, 1e-7])
        {
            slope = (At(step) - At(-step)) / (2 * step);
            if (Math.Abs(slope - expected) <= tolerance * (1 + Math.Abs(slope)))
            {
                return null;
            }
        }
        return $"The slope is {slope}, and the gradients say {expected}.";

        double At(double distance)
        {
            var there = new Dictionary<Value, DoubleArray>(known);
            for (int i = 0; i < moved.Length; i++)
            {
                DoubleArray direction = directions[i];
                DoubleArray from = known[moved[i]];
                there[moved[i]] = DoubleArray.Make(
                    from.Rows,
                    from.Columns,
                    (row, column) => from[row, column] + distance * direction[row, column]
                );
            }
            return Loss(level, of, data, there);
        }
    }

    /// <summary>A run on tensors gives the same outputs and gradients.</summary>
    public static string? Torch(Problem problem, ProblemData data, int order, double tolerance)
    {
        Plan plan = ProgramResults.Plan(problem, data, order);
        var gradient = new float[data.Parameters.Length];
        using var program = new TorchProgram(plan, data.Parameters, gradient, CPU);
        ProgramResults.Bind(program, data);
        foreach ((RowSpace space, int rows) in data.Size.OtherSpaces ?? new Dictionary<RowSpace, int>())
        {
            program.SetRows(space, rows);
        }
        float[]? state = ProgramResults.Run(program, data);
        return ProgramResults.Managed(plan, data).DifferenceFrom(ProgramResults.Of(plan, program, gradient, state), tolerance);
    }

    /// <summary>Gradients are those of libtorch, which differentiates the loss itself.</summary>
    public static string? TorchGradients(Problem problem, ProblemData data, int order, double tolerance)
    {
        GradientLevel level = problem.Levels[order - 1];
        using DisposeScope scope = NewDisposeScope();
        var arrays = new TorchArrays(CPU);
        var known = new Dictionary<Value, Tensor>();
        foreach ((Value leaf, float[] numbers) in data.Numbers)
        {
            Tensor tensor = arrays.Of(numbers, numbers.Length / leaf.Columns, leaf.Columns);
            known.Add(leaf, level.Wanted.Contains(leaf) ? tensor.detach().requires_grad_() : tensor);
        }
        Value[] of = [.. level.Losses.SelectMany(loss => (Value[])[loss.Of, loss.Seed!]).Distinct()];
        Dictionary<Value, Tensor> found = new Interpreter<Tensor>(TorchForms.For(CPU), arrays).Evaluate(
            of,
            data.Size,
            known,
            data.Parameters
        );
        Tensor loss = zeros([]);
        foreach ((Value value, Value? seed) in level.Losses)
        {
            loss = loss.Plus(found[value].mul(found[seed!]).sum());
        }
        if (loss.requires_grad)
        {
            loss.backward();
        }
        Value[] wanted = [.. level.Wanted.Where(leaf => level.Gradients[leaf] is not null)];
        Value[] gradients = [.. wanted.Select(leaf => level.Gradients[leaf]!)];
        Plan plan = Plan.Compile(
            problem.Graph,
            gradients,
            null,
            new PlanOptions(data.Size.Rows, data.Size.Sequences)
            {
                OtherSpaces = data.Size.OtherSpaces ?? new Dictionary<RowSpace, int>(),
            }
        );
        ProgramResults managed = ProgramResults.Managed(plan, data);
        DoubleArray[] expected =
        [
            .. wanted.Select(leaf =>
                known[leaf].grad is { } grad
                    ? DoubleArray.Of(grad.contiguous().data<float>().ToArray(), (int)grad.shape[0], (int)grad.shape[1])
                    : new DoubleArray(data.Size.RowsOf(leaf.Shape), leaf.Columns)
            ),
        ];
        return managed.DifferenceFrom(expected, tolerance);
    }

    private const double Step = 1e-5;

    private static PlanOptions Larger(PlanOptions options) =>
        options with
        {
            MaxRows = options.MaxRows + 150,
            MaxSequences = options.MaxSequences > 0 ? options.MaxSequences + 3 : 0,
            OtherSpaces = options.OtherSpaces.ToDictionary(pair => pair.Key, pair => pair.Value + 2),
        };

    private static double Loss(GradientLevel level, Value[] of, ProblemData data, Dictionary<Value, DoubleArray> known)
    {
        Dictionary<Value, DoubleArray> found = DoubleForms.Interpreter.Evaluate(of, data.Size, known, data.Parameters);
        return level.Losses.Sum(loss => Dot(found[loss.Of], found[loss.Seed!]));
    }

    private static double Dot(DoubleArray a, DoubleArray b)
    {
        double sum = 0;
        for (int i = 0; i < a.Numbers.Length; i++)
        {
            sum += a.Numbers[i] * b.Numbers[i];
        }
        return sum;
    }

    private static string? Named(string what, string? found) => found is null ? null : $"With {what}: {found}";
}

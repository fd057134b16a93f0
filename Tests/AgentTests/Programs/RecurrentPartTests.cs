using Agents.Networks;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Environments.Spaces;
using Learners.Returns;
using Xunit;

namespace Tests.AgentTests.Programs;

/// <summary>Parts with a memory, written as graphs, beside what the project computes by hand; and one that exists as a graph alone.</summary>
public sealed class RecurrentPartTests
{
    private const int Steps = 9;
    private const int Sequences = 5;
    private const int Rows = Steps * Sequences;

    [Fact]
    public void Advantages_WrittenWithLater_EqualThoseByHand()
    {
        var graph = new Graph();
        string[] titles = ["rewards", "discounts", "lambdas", "values", "next values"];
        Value[] inputs = [.. titles.Select(title => graph.Input(title, 1))];
        Value ones = graph.Constant(1).BroadcastTo(Shape.Of(RowSpace.Rows, 1));
        (Value discounts, Value lambdas) = (inputs[1], inputs[2]);
        Value later = graph.Later(1, ones);
        Value advantages = inputs[0] + discounts * inputs[4] - inputs[3] + discounts * lambdas * later;
        Graph.Close(later, advantages);
        var random = new System.Random(1);
        float[][] numbers = [.. titles.Select(_ => Enumerable.Range(0, Rows).Select(_ => Numbers.Bell(random)).ToArray())];
        for (int row = 0; row < Rows; row++)
        {
            numbers[1][row] = random.Next(5) == 0 ? 0 : 0.99f;
            numbers[2][row] = random.Next(5) == 0 ? 0 : 0.95f;
        }
        var program = new ManagedProgram(Plan.Compile(graph, [advantages], null, new PlanOptions(Rows, Sequences)), [], []);
        for (int i = 0; i < inputs.Length; i++)
        {
            program.Bind(inputs[i], numbers[i]);
        }
        var expected = new float[Rows];
        GeneralizedAdvantage.Estimate(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], expected, Sequences);

        program.Run(Rows, Sequences);

        Near(expected, program[advantages], 1e-6);
    }

    [Theory]
    [InlineData(10, 8)]
    [InlineData(1, 3)]
    [InlineData(16, 1)]
    [InlineData(33, 20)]
    public void Lstm_OfPlainOperators_IsItsDefinitionStepByStep(int size, int inputs)
    {
        var layout = new ParameterLayout(Spec(size, inputs));
        var random = new System.Random(size);
        float[] parameters = [.. Enumerable.Range(0, layout.Count).Select(_ => 0.5f * Numbers.Bell(random))];
        float[] x = [.. Enumerable.Range(0, Rows * inputs).Select(_ => Numbers.Bell(random))];
        float[] state = [.. Enumerable.Range(0, Sequences * 2 * size).Select(_ => Numbers.Bell(random))];
        float[] outputGradient = [.. Enumerable.Range(0, Rows * size).Select(_ => Numbers.Bell(random))];
        float[] keep = [.. Enumerable.Repeat(1f, Rows)];
        foreach (int reset in (int[])[1, 4 * Sequences + 1, 4 * Sequences + 3, 5 * Sequences + 1, Rows - Sequences + 2])
        {
            keep[reset] = 0; // at the first, an inner and the last step
        }

        (double[] outputs, double[] after) = ByHand(layout, parameters, x, keep, state, size);

        var graph = new Graph();
        Value seen = graph.Input("x", inputs);
        Value kept = graph.Input("keep", 1);
        Value seed = graph.Input("seed", size);
        Value initial = graph.Input("state", 2 * size, RowSpace.Sequences);
        (Value next, Value cell, Value[] weights) = Lstm(graph, layout, seen, kept, initial, size);
        var gradients = graph.Differentiate([(next, seed)], [seen, .. weights]);
        Value last = Value.Concat(next, cell).AtStep(StepPlace.Last);
        var plan = Plan.Compile(graph, [next, last], gradients, new PlanOptions(Rows, Sequences));
        var planned = new float[layout.Count];
        var program = new ManagedProgram(plan, parameters, planned) { PoisonsMemory = true };
        program.Bind(seen, x);
        program.Bind(kept, keep);
        program.Bind(seed, outputGradient);
        program.Bind(initial, state);
        program.Run(Rows, Sequences);

        Near([.. outputs.Select(number => (float)number)], program[next], 1e-6);
        Near([.. after.Select(number => (float)number)], program[last], 1e-6);
        Assert.Contains(plan.Segments, segment => segment.Kind == SegmentKind.LoopUp);
        Assert.Contains(plan.Segments, segment => segment.Kind == SegmentKind.LoopDown);
    }

    [Fact]
    public void FastWeights_WithResets_PassAllChecks()
    {
        Problem problem = FastWeights(size: 4, inputs: 3, inner: 2);
        ProblemData small = problem.Fill(new RunSize(6, 2), 1);
        ProblemData large = problem.Fill(new RunSize(Rows, Sequences), 2);

        Assert.Null(ProgramChecks.Doubles(problem, large, 0, 1e-5));
        Assert.Null(ProgramChecks.Doubles(problem, large, 1, 1e-5));
        Assert.Null(ProgramChecks.Torch(problem, large, 1, 1e-5));
        Assert.Null(ProgramChecks.TorchGradients(problem, large, 1, 1e-5));
        Assert.Null(ProgramChecks.Slopes(problem, small, 1, 1e-5));
        Assert.Null(ProgramChecks.Memory(problem, large, 1, [1, 7, 64, 128, Rows], 1e-5));
    }

    // i, f, g, o of W_x x + b_x + W_h h + b_h; c' = f c + i g; h' = o tanh c', one number at a time.
    private static (double[] Outputs, double[] State) ByHand(
        ParameterLayout layout,
        float[] parameters,
        float[] x,
        float[] keep,
        float[] state,
        int size
    )
    {
        float[][] weights =
        [
            .. ((string[])["input.weight", "input.bias", "hidden.weight", "hidden.bias"]).Select(name =>
                layout["actor.core." + name].In(parameters.AsSpan()).ToArray()
            ),
        ];
        int inputs = x.Length / Rows;
        double[] now = [.. state.Select(number => (double)number)];
        var outputs = new double[Rows * size];
        for (int row = 0; row < Rows; row++)
        {
            Span<double> held = now.AsSpan(row % Sequences * 2 * size, 2 * size);
            if (keep[row] == 0)
            {
                held.Clear();
            }
            double[] before = held.ToArray();
            double Gate(int gate)
            {
                double sum = weights[1][gate] + weights[3][gate];
                for (int i = 0; i < inputs; i++)
                {
                    sum += weights[0][gate * inputs + i] * x[row * inputs + i];
                }
                for (int i = 0; i < size; i++)
                {
                    sum += weights[2][gate * size + i] * before[i];
                }
                return sum;
            }
            static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
            for (int j = 0; j < size; j++)
            {
                double cell = Sigmoid(Gate(size + j)) * before[size + j] + Sigmoid(Gate(j)) * Math.Tanh(Gate(2 * size + j));
                held[size + j] = cell;
                outputs[row * size + j] = held[j] = Sigmoid(Gate(3 * size + j)) * Math.Tanh(cell);
            }
        }
        return (outputs, now);
    }

    private static (Value Output, Value Cell, Value[] Weights) Lstm(
        Graph graph,
        ParameterLayout layout,
        Value x,
        Value keep,
        Value state,
        int size
    )
    {
        Value[] weights =
        [
            .. ((string[])["input.weight", "input.bias", "hidden.weight", "hidden.bias"]).Select(name =>
                graph.Parameter(layout["actor.core." + name])
            ),
        ];
        Value h = graph.Previous(size, keep, state[..size]);
        Value c = graph.Previous(size, keep, state[size..]);
        Value gates = graph.Dense(x, weights[0], weights[1]) + graph.Dense(h, weights[2], weights[3]);
        Value input = gates[..size].Sigmoid();
        Value forget = gates[size..(2 * size)].Sigmoid();
        Value candidate = gates[(2 * size)..(3 * size)].Tanh();
        Value output = gates[(3 * size)..].Sigmoid();
        Value cell = forget * c + input * candidate;
        Value next = output * cell.Tanh();
        Graph.Close(h, next);
        Graph.Close(c, cell);
        return (next, cell, weights);
    }

    // Ba et al. 2016: a matrix per row that remembers recent outputs, and a few inner steps that look at it.
    private static Problem FastWeights(int size, int inputs, int inner)
    {
        var problem = new Problem();
        Graph graph = problem.Graph;
        Value keep = problem.Keep();
        Value x = problem.Input("x", inputs, Numbers.Bell);
        Value lambda = problem.Parameter("lambda", 1, 1, random => 0.9f + 0.05f * random.NextSingle());
        Value eta = problem.Parameter("eta", 1, 1, random => 0.4f + 0.1f * random.NextSingle());
        Value zeros = graph.Constant(new float[size], 1, size);
        Value hp = graph.Previous(size, keep);
        Value ap = graph.Previous(size * size, keep);
        Value a = ap * lambda + (hp * eta).RowOuter(hp);
        Value recurrent = graph.Dense(hp, problem.Parameter("w", size, size, Numbers.Bell), zeros);
        Value pre =
            recurrent
            + graph.Dense(x, problem.Parameter("c", size, inputs, Numbers.Bell), problem.Parameter("b", 1, size, Numbers.Bell));
        Value s = Norm(problem, pre, 0).Relu();
        for (int i = 1; i <= inner; i++)
        {
            s = Norm(problem, pre + a.RowTimesVector(s), i).Relu();
        }
        Graph.Close(hp, s);
        Graph.Close(ap, a);
        problem.Ask(s);
        problem.Differentiate();
        return problem;
    }

    private static Value Norm(Problem problem, Value x, int i) =>
        x.Normalize() * problem.Parameter($"gain {i}", 1, x.Columns, Numbers.Positive)
        + problem.Parameter($"bias {i}", 1, x.Columns, Numbers.Bell);

    private static NetworkSpec Spec(int size, int inputs) =>
        new(
            new Box(-10, 10, inputs),
            new Discrete(2),
            new NetworkSettings
            {
                HiddenSizes = [],
                Core = "lstm",
                CoreSize = size,
                SharedTrunk = false,
            }
        );

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, double tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        double scale = 1;
        foreach (float number in expected)
        {
            scale = Math.Max(scale, Math.Abs(number));
        }
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(found[i], expected[i] - tolerance * scale, expected[i] + tolerance * scale);
        }
    }
}

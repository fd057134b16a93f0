using Agents.Programs;

namespace Tests.AgentTests.Programs;

/// <summary>Graphs of one operator each, over all forms of its inputs.</summary>
internal static partial class OperatorCases
{
    public static bool Contains(Type type) => Builders.ContainsKey(type);

    /// <summary>Every operator that can be used.</summary>
    public static Type[] Operators { get; } =
    [
        .. typeof(Operator)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Operator)) && !type.IsAbstract)
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ];

    private static readonly Dictionary<Type, Action<Problem>> Builders = Create();

    public static Type TypeOf(string name) => Array.Find(Operators, type => type.Name == name)!;

    /// <summary>An elementwise operator with some settings.</summary>
    public static Operator Unary(Type type) =>
        type == typeof(ScaleShift) ? new ScaleShift(-0.75f, 1)
        : type == typeof(Power) ? new Power(1.7f)
        : (Operator)Activator.CreateInstance(type)!;

    public static Problem Build(string name)
    {
        var problem = new Problem();
        Type type = TypeOf(name);
        if (!Builders.TryGetValue(type, out Action<Problem>? build))
        {
            throw new InvalidOperationException($"The operator {name} has no case. Add one to OperatorCases.");
        }
        build(problem);
        return problem;
    }

    private static Dictionary<Type, Action<Problem>> Create()
    {
        var builders = new Dictionary<Type, Action<Problem>>();
        AddLeaves(builders);
        AddElementwise(builders);
        AddColumns(builders);
        AddProducts(builders);
        AddReductions(builders);
        AddRows(builders);
        AddImages(builders);
        AddMemory(builders);
        AddFastWeights(builders);
        return builders;
    }

    private static void AddLeaves(Dictionary<Type, Action<Problem>> builders)
    {
        builders[typeof(Input)] = p =>
        {
            p.Ask(p.Input("rows", 3, Numbers.Spread));
            p.Ask(p.Input("sequences", 2, Numbers.Spread, RowSpace.Sequences));
            p.Ask(p.Input("edges", 1, Numbers.Spread, Problem.Edges));
        };
        builders[typeof(Given)] = p =>
        {
            p.Ask(p.Given("bias", 1, 3, Numbers.Spread) + p.Input("x", 3, Numbers.Spread));
            p.Ask(p.Input("y", 3, Numbers.Spread).Times(p.Given("weight", 9, 3, Numbers.Spread).Transpose()));
        };
        builders[typeof(State)] = p => p.Ask(p.State(3, Numbers.Spread)[1..] * 2);
        builders[typeof(Scalar)] = p => p.Ask(p.Scalar("number", Numbers.Spread));
        builders[typeof(Parameter)] = p => p.Ask(p.Parameter("matrix", 2, 3, Numbers.Spread));
        builders[typeof(Constant)] = p =>
        {
            p.Ask(p.Graph.Constant([1, 2, 3, 4, 5, 6], 2, 3));
            p.Ask(p.Graph.Constant([1, 2, 3], 1, 3) + p.Input("x", 3, Numbers.Spread));
        };
        builders[typeof(InverseCount)] = p =>
        {
            p.Ask(p.Graph.InverseCount());
            p.Ask(p.Graph.InverseCount(RowSpace.Sequences) + p.Graph.InverseCount(Problem.Edges));
            p.Ask(p.Input("x", 3, Numbers.Spread).Mean());
        };
    }

    private static void AddElementwise(Dictionary<Type, Action<Problem>> builders)
    {
        foreach (Type type in Operators.Where(type => type.IsSubclassOf(typeof(Unary))))
        {
            builders[type] = p => BuildUnary(p, type);
        }
        foreach (Type type in Operators.Where(type => type.IsSubclassOf(typeof(Binary))))
        {
            builders[type] = p => BuildBinary(p, (Operator)Activator.CreateInstance(type)!);
        }
    }

    private static void BuildUnary(Problem p, Type type)
    {
        Operator[] operations =
            type == typeof(ScaleShift) ? [new ScaleShift(2, 0), new ScaleShift(1, 0.5f), Unary(type)]
            : type == typeof(Power) ? [new Power(2), new Power(-0.5f), Unary(type)]
            : [Unary(type)];
        bool positive = type == typeof(Log) || type == typeof(Sqrt) || type == typeof(Reciprocal) || type == typeof(Power);
        Func<Random, float> draw = positive ? Numbers.Positive : Numbers.Spread;
        p.StopsGradients = type == typeof(StopGradient);
        Value[] inputs = [p.Input("x", 5, draw), p.Input("y", 1, draw, RowSpace.Sequences), p.Parameter("w", 2, 3, draw)];
        foreach (Operator operation in operations)
        {
            foreach (Value input in inputs)
            {
                Value y = p.Graph.Apply(operation, input)[0];
                p.Ask(p.StopsGradients ? y * input : y);
            }
        }
    }

    // Second values of the same size, a column, a constant row and a number; and the same of constants.
    private static void BuildBinary(Problem p, Operator operation)
    {
        bool differentiable = operation is not Mask;
        Func<Random, float> draw = operation is Mask ? Numbers.Keep : Numbers.OddGrid;
        Value rows = p.Input("rows", 4, Numbers.EvenGrid);
        Value column = p.Input("column", 1, Numbers.EvenGrid);
        Value matrix = p.Parameter("matrix", 3, 4, Numbers.EvenGrid);
        Value secondRows = p.Input("second rows", 4, draw, differentiable: differentiable);
        Value secondColumn = p.Input("second column", 1, draw, differentiable: differentiable);
        Value[] constants =
            operation is Mask
                ?
                [
                    p.Graph.Constant([1, 0, 1, 0], 1, 4),
                    p.Graph.Constant([1], 1, 1),
                    p.Graph.Constant([1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1], 3, 4),
                    p.Graph.Constant([1, 0, 1], 3, 1),
                ]
                :
                [
                    p.Parameter("row", 1, 4, draw),
                    p.Scalar("number", draw),
                    p.Parameter("second matrix", 3, 4, draw),
                    p.Parameter("constant column", 3, 1, draw),
                ];
        foreach (Value second in (Value[])[secondRows, secondColumn, constants[0], constants[1]])
        {
            p.Ask(p.Graph.Apply(operation, rows, second)[0]);
        }
        p.Ask(p.Graph.Apply(operation, column, secondColumn)[0]);
        p.Ask(p.Graph.Apply(operation, column, constants[1])[0]);
        foreach (Value second in (Value[])[constants[0], constants[1], constants[2], constants[3]])
        {
            p.Ask(p.Graph.Apply(operation, matrix, second)[0]);
        }
    }

    private static void AddColumns(Dictionary<Type, Action<Problem>> builders)
    {
        builders[typeof(Slice)] = p =>
        {
            Value x = p.Input("x", 5, Numbers.Spread);
            p.Ask(x.Slice(1, 3));
            p.Ask(x[3..] * x[..2]);
            p.Ask(x[1..4] + x[2..5]); // they overlap
            p.Ask(p.Parameter("w", 2, 4, Numbers.Spread).Slice(2, 2));
        };
        builders[typeof(Place)] = p =>
        {
            Value x = p.Input("x", 2, Numbers.Spread);
            Value y = p.Input("y", 1, Numbers.Spread);
            p.Ask(Value.Concat(x, y, x));
            p.Ask(p.Graph.Apply(new Place([1, 4], 7), x, y)[0]);
            p.Ask(p.Graph.Apply(new Place([1], 3), p.Parameter("w", 3, 1, Numbers.Spread))[0]);
        };
        builders[typeof(Permute)] = p =>
        {
            p.Ask(p.Input("x", 4, Numbers.Spread).Permute([2, 0, 3, 1]));
            p.Ask(p.Parameter("w", 2, 3, Numbers.Spread).Permute([1, 2, 0]));
        };
        builders[typeof(Pick)] = p =>
        {
            p.Ask(p.Input("x", 4, Numbers.Spread).Pick(p.Index("i", _ => 4)));
            p.Ask(p.Parameter("w", 2, 3, Numbers.Spread).Pick(p.Graph.Constant([2, 0], 2, 1)));
        };
        builders[typeof(Unpick)] = p =>
        {
            p.Ask(p.Input("x", 1, Numbers.Spread).Unpick(p.Index("i", _ => 4), 4));
            p.Ask(p.Parameter("w", 2, 1, Numbers.Spread).Unpick(p.Graph.Constant([2, 0], 2, 1), 3));
        };
        builders[typeof(Embed)] = p =>
        {
            Value table = p.Parameter("table", 5, 3, Numbers.Spread);
            p.Ask(table.Embed(p.Index("i", _ => 5)));
            p.Ask(table.Embed(p.Graph.Constant([4, 4, 0], 3, 1)));
        };
        builders[typeof(EmbedSum)] = p =>
        {
            p.Ask(p.Input("x", 3, Numbers.Spread).EmbedSum(p.Index("i", _ => 5), 5));
            p.Ask(p.Parameter("w", 3, 2, Numbers.Spread).EmbedSum(p.Graph.Constant([1, 3, 1], 3, 1), 4));
        };
    }
}

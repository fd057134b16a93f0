using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Torch;
using Tests.AgentTests.Programs.Doubles;
using Xunit;
using static TorchSharp.torch;

namespace Tests.AgentTests.Programs;

/// <summary>Graphs that cannot be are errors that name the part and the operator.</summary>
public sealed class GraphErrorTests
{
    private readonly Graph _graph = new();
    private readonly Value _x;
    private readonly Value _keep;

    public GraphErrorTests()
    {
        _x = _graph.Input("x", 3);
        _keep = _graph.Input("keep", 1);
    }

    [Fact]
    public void Compile_ACycleThroughAReduction_Fails() =>
        Fails(
            () => Loop(h => h - h.Mean()),
            "SumRows of actor.core: it adds up all rows, and lies in a loop over steps through Delay of actor.core"
        );

    [Fact]
    public void Compile_ACycleThroughAnOperatorOfAllRows_Fails() =>
        Fails(
            () => Loop(h => h.GatherRows(_keep) + _x),
            "GatherRows of actor.core: it reads other rows, and lies in a loop over steps"
        );

    [Fact]
    public void Compile_ALoopOfBothDirections_Fails() =>
        Fails(
            () =>
                Loop(h =>
                {
                    Value later = _graph.Later(3, _keep);
                    Value both = (h + later).Tanh();
                    Graph.Close(later, both);
                    return both;
                }),
            "Delay of actor.core: one loop reads the step before and the step behind"
        );

    [Fact]
    public void Compile_ADelayThatWasNeverClosed_Fails() =>
        Fails(
            () =>
            {
                using IDisposable scope = _graph.Scope("actor.core");
                Plan(_graph.Previous(3, _keep) + _x);
            },
            "Delay of actor.core: the delay was never closed"
        );

    [Fact]
    public void Close_ADelayTwice_Fails() =>
        Fails(
            () =>
            {
                using IDisposable scope = _graph.Scope("actor.core");
                Value delay = _graph.Previous(3, _keep);
                Graph.Close(delay, _x);
                Graph.Close(delay, _x);
            },
            "Delay of actor.core: only a delay that is still open can be closed, and only once"
        );

    [Fact]
    public void Close_WithAnotherShape_Fails() =>
        Fails(
            () => Graph.Close(_graph.Previous(3, _keep), _keep),
            "Delay: a value of [rows, 3] was expected, and [rows, 1] closes"
        );

    [Fact]
    public void Close_WhatIsNoDelay_Fails() => Fails(() => Graph.Close(_x, _x), "Input: only a delay that is still open");

    [Fact]
    public void Close_WithAValueOfAnotherGraph_Fails() =>
        Fails(
            () => Graph.Close(_graph.Previous(3, _keep), new Graph().Input("x", 3)),
            "Delay: Input [rows, 3] belongs to another graph"
        );

    [Fact]
    public void Previous_WithKeepOfAnotherGraph_Fails() =>
        Fails(() => _graph.Previous(3, new Graph().Input("keep", 1)), "Delay: Input [rows, 1] belongs to another graph");

    [Fact]
    public void Apply_TwoRowSpacesInOneOperator_Fails() =>
        InPart(
            () => _x + _graph.Input("of sequences", 3, RowSpace.Sequences),
            "Add of actor.head: rows of rows and of sequences meet"
        );

    [Fact]
    public void Apply_TwoRowSpacesOfRepeatedConstants_Fails()
    {
        Value row = _graph.Constant([1, 2], 1, 2);

        InPart(
            () => row.BroadcastTo(Shape.Of(RowSpace.Rows, 2)) + row.BroadcastTo(Shape.Of(RowSpace.Sequences, 2)),
            "Add of actor.head: rows of rows and of sequences meet"
        );
    }

    [Fact]
    public void Apply_PlacesThatOverlap_Fails() =>
        InPart(() => _graph.Apply(new Place([0, 2], 6), _x, _x), "Place of actor.head: value 1 begins at column 2");

    [Fact]
    public void Apply_AWrongShape_Fails()
    {
        InPart(() => _x + _graph.Constant([1, 2], 1, 2), "Add of actor.head: [rows, 3] and [1, 2] do not go together");
        InPart(() => _x.Times(_graph.Constant([1, 2], 1, 2)), "Product of actor.head: [rows, 3] times [1, 2]");
        InPart(() => _x.Slice(2, 2), "Slice of actor.head: columns 2 to 4 do not exist");
        InPart(() => _x.Permute([0, 0, 1]), "Permute of actor.head: the order names a column twice");
        InPart(() => _x.RowTimesVector(_graph.Input("two", 2)), "RowTimesVector of actor.head: the 3 columns");
        InPart(() => _x.Transpose(), "Transpose of actor.head: what is transposed needs a value of constant size");
    }

    [Fact]
    public void Apply_AValueOfAnotherGraph_Fails() =>
        InPart(() => _x + new Graph().Input("x", 3), "Add of actor.head: Input [rows, 3] belongs to another graph");

    [Fact]
    public void Differentiate_ValuesOfAnotherGraph_Fails()
    {
        Value stranger = new Graph().Input("x", 3);

        Fails(() => _graph.Differentiate([(stranger, null)], [_x]), "Input [rows, 3] belongs to another graph");
        Fails(() => _graph.Differentiate([(_x, stranger)], [_x]), "Input [rows, 3] belongs to another graph");
        Fails(() => _graph.Differentiate([(_x, null)], [stranger]), "Input [rows, 3] belongs to another graph");
    }

    [Fact]
    public void Compile_AnOutputOfAnotherGraph_Fails() =>
        Fails(() => Plan(new Graph().Input("x", 3)), "Input [rows, 3] belongs to another graph");

    [Fact]
    public void Input_ATitleThatIsUsed_Fails()
    {
        Fails(() => _graph.Input("x", 2), "Two values of the graph have the title 'x'");
        Fails(() => _graph.Scalar("x"), "Two values of the graph have the title 'x'");
        Fails(() => _graph.Draw(DrawKind.Uniform, "x", 2), "Two values of the graph have the title 'x'");
    }

    [Fact]
    public void Differentiate_ASeedOfAnotherShape_Fails() =>
        Fails(
            () => _graph.Differentiate([(_x, _keep)], [_x]),
            "Input: a gradient of [rows, 3] was expected, and [rows, 1] arrives"
        );

    [Fact]
    public void Compile_ASpaceWithoutMost_Fails() =>
        Fails(() => Plan(_graph.Input("edges", 1, Problem.Edges)), "The plan does not say how many rows edges has at most");

    [Fact]
    public void Run_WithoutTheRowsOfASpace_Fails()
    {
        Value edges = _graph.Input("edges", 1, Problem.Edges);
        var options = new PlanOptions(4) { OtherSpaces = new Dictionary<RowSpace, int> { [Problem.Edges] = 2 } };
        var plan = Agents.Programs.Planning.Plan.Compile(_graph, [edges.Mean()], null, options);
        var managed = new ManagedProgram(plan, [], []);
        using var torch = new TorchProgram(plan, [], [], CPU);
        foreach (IProgram program in (IProgram[])[managed, torch])
        {
            program.Bind(edges, new float[] { 3, 5 });

            Fails(() => program.Run(1), "Nothing says how many rows edges has in this run. Set them by SetRows first.");
        }
        managed.SetRows(Problem.Edges, 2);
        managed.Run(1);
        Assert.Equal(4, managed[plan.Outputs[0]][0]);
    }

    [Fact]
    public void Run_WithoutOrWithTooFewInputs_Fails()
    {
        Plan plan = Plan(_x);
        var managed = new ManagedProgram(plan, [], []);
        using var torch = new TorchProgram(plan, [], [], CPU);

        Assert.Contains(
            "6 floats are needed of the input 'x', and 0 are bound",
            Assert.Throws<ArgumentException>(() => managed.Run(2)).Message
        );
        Assert.Contains("nothing is bound to the input 'x'", Assert.Throws<GraphException>(() => torch.Run(2)).Message);
        foreach (IProgram program in (IProgram[])[managed, torch])
        {
            program.Bind(_x, new ArraySegment<float>(new float[9], 0, 5));
            Assert.Contains(
                "6 floats are needed of the input 'x', and 5 are bound",
                Assert.Throws<ArgumentException>(() => program.Run(2)).Message
            );
            program.Bind(_x, new float[9]);
            Assert.Throws<ArgumentException>(() => program.Run(3, 2));
        }
        Assert.Contains("5 rows of rows were asked for", Assert.Throws<ArgumentException>(() => managed.Run(5)).Message);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(1431655808f)] // times 3 columns it is a small number again
    public void Run_AnIndexOutOfRange_Fails(float place)
    {
        Value index = _graph.Input("index", 1);
        var table = new ParameterSlot("table", [3, 3], 0);
        using IDisposable scope = _graph.Scope("actor.head");
        Value[] outputs =
        [
            _x.Pick(index),
            _keep.Unpick(index, 3),
            _graph.Parameter(table).Embed(index),
            _x.EmbedSum(index, 3),
            _x.GatherRows(index),
            _x.SegmentSum(index, RowSpace.Rows),
        ];
        foreach (Value output in outputs)
        {
            var program = new ManagedProgram(Plan(output), new float[9], []);
            program.Bind(_x, new float[9]);
            program.Bind(_keep, new float[3]);
            program.Bind(index, new float[] { 0, place, 0 });

            string message = Assert.Throws<GraphException>(() => program.Run(3)).Message;

            Assert.StartsWith(
                $"{output.Node.Operator.Name} of actor.head: the index {place} was given",
                message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void Run_AnOperatorWithoutForm_NamesItAndTheTable()
    {
        var interpreter = new Interpreter<DoubleArray>(new FormTable<DoubleArray>("few"), new DoubleArrays());
        using IDisposable scope = _graph.Scope("actor.head");
        Value y = _x.Tanh();

        Fails(
            () => interpreter.Evaluate([y], new RunSize(1, 1), new Dictionary<Value, DoubleArray> { [_x] = new(1, 3) }, []),
            "Tanh of actor.head: the table of few has no form of Tanh"
        );
    }

    [Fact]
    public void Read_WhatIsNoOutput_Fails()
    {
        var program = new ManagedProgram(Plan(_x), [], []);

        Assert.Contains("is no output of the plan", Assert.Throws<ArgumentException>(() => program[_keep].Length).Message);
    }

    private void Loop(Func<Value, Value> body)
    {
        using IDisposable scope = _graph.Scope("actor.core");
        Value h = _graph.Previous(3, _keep);
        Value next = body(h);
        Graph.Close(h, next);
        Plan(next);
    }

    private void InPart(Func<object> build, string message)
    {
        using IDisposable scope = _graph.Scope("actor");
        using IDisposable inner = _graph.Scope("head");
        Fails(() => build(), message);
    }

    private Plan Plan(Value output) => Agents.Programs.Planning.Plan.Compile(_graph, [output], null, new PlanOptions(4));

    private static void Fails(Action action, string message) =>
        Assert.StartsWith(message, Assert.Throws<GraphException>(action).Message, StringComparison.Ordinal);
}

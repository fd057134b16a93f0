using Agents.Onnx.Building;
using Agents.Onnx.Format;
using Agents.Onnx.Operators;
using Agents.Programs;
using Agents.Programs.Execution;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Tests.AgentTests.Programs;
using Xunit;

namespace Tests.OnnxTests;

/// <summary>Every operator that a policy can act by is the same in ONNX Runtime, and any other says why it is not there.</summary>
public sealed class OnnxOperatorTests
{
    private static readonly RunSize Size = new(7, 7, OtherSpaces: new Dictionary<RowSpace, int> { [Problem.Edges] = 5 });

    public static TheoryData<string> Names =>
        [.. OperatorCases.Operators.Where(type => !OnnxOperators.Absent.ContainsKey(type)).Select(type => type.Name)];

    public static TheoryData<string> AbsentNames =>
        [.. OnnxOperators.Absent.Keys.Where(type => !type.IsSubclassOf(typeof(Leaf))).Select(type => type.Name)];

    [Fact]
    public void EveryOperator_HasAFormOrAReason()
    {
        var graph = new OnnxGraph();
        FormTable<OnnxValue> table = OnnxOperators.For(graph, new OnnxState(graph, []));

        foreach (Type type in OperatorCases.Operators)
        {
            Assert.True(
                table.Contains(type) != OnnxOperators.Absent.ContainsKey(type),
                $"The operator {type.Name} has no form in OnnxOperators and no reason there, or both. Add one of them."
            );
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Form_OfEachOperator_GivesWhatTheManagedOneGives(string name)
    {
        Problem problem = OperatorCases.Build(name);
        ProblemData data = problem.Fill(Size, 1);
        ProgramResults expected = ProgramResults.Managed(ProgramResults.Plan(problem, data, 0), data);

        IReadOnlyList<float[]> actual = Run(problem, data, expected.Values);

        for (int i = 0; i < expected.Numbers.Count; i++)
        {
            Assert.Equal(expected.Numbers[i].Length, actual[i].Length);
            for (int j = 0; j < actual[i].Length; j++)
            {
                float scale = Math.Max(1, Math.Abs(expected.Numbers[i][j]));
                Assert.Equal(expected.Numbers[i][j] / scale, actual[i][j] / scale, 2e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(AbsentNames))]
    public void Translation_OfAnOperatorWithoutAForm_SaysWhy(string name)
    {
        Problem problem = OperatorCases.Build(name);
        ProblemData data = problem.Fill(Size, 1);

        // Some other operator of the case may come first; all of them are of those that a policy has not.
        NotSupportedException exception = Assert.Throws<NotSupportedException>(() => Run(problem, data, problem.Outputs));

        Assert.Contains("has no form in ONNX. It ", exception.Message);
        Assert.EndsWith(".", exception.Message);
    }

    private static string? DimensionOf(Shape shape) => shape.Space is { } space ? OnnxOperators.DimensionOf(space) : null;

    private static List<float[]> Run(Problem problem, ProblemData data, IReadOnlyList<Value> outputs)
    {
        var graph = new OnnxGraph();
        var known = new Dictionary<Value, OnnxValue>();
        var given = new Dictionary<string, OrtValue>();
        OnnxState? state = null;
        foreach (RowSpace space in (RowSpace[])[RowSpace.Rows, RowSpace.Sequences, Problem.Edges])
        {
            int count = data.Size.Count(space);
            graph.Input(new OnnxSignature(space.Name, OnnxElement.Float, OnnxOperators.DimensionOf(space), [1], ""));
            given.Add(space.Name, OrtValue.CreateTensorValueFromMemory(new float[count], [count, 1]));
        }
        foreach ((Value value, float[] numbers) in data.Numbers.Where(leaf => leaf.Key.Node.Operator is not Parameter))
        {
            string name = $"x{given.Count}";
            string? rows = DimensionOf(value.Shape);
            long[] sizes = rows is null ? [value.Shape.Rows, value.Columns] : [value.Columns];
            OnnxValue input = graph.Input(new OnnxSignature(name, OnnxElement.Float, rows, sizes, ""));
            given.Add(name, OrtValue.CreateTensorValueFromMemory(numbers, [numbers.Length / value.Columns, value.Columns]));
            known.Add(value, input);
            if (value.Node.Operator is State)
            {
                state = new OnnxState(graph, [new StateChunk(0, value.Columns, input)]);
            }
        }
        OnnxValue[] results = new ProgramTranslation(graph, state).Translate(outputs, known, data.Parameters);
        string[] names = [.. results.Select((_, i) => $"y{i}")];
        for (int i = 0; i < results.Length; i++)
        {
            Shape shape = outputs[i].Shape;
            long[] sizes = shape.IsConstant ? [shape.Rows, shape.Columns] : [shape.Columns];
            graph.Output(results[i], new OnnxSignature(names[i], OnnxElement.Float, DimensionOf(shape), sizes, ""));
        }
        var model = new ModelProto { IrVersion = 9, Graph = graph.Build("operators") };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        using InferenceSession session = OnnxPlayer.Open(model.ToByteArray());
        using var run = new RunOptions();
        HashSet<string> used = [.. graph.Inputs.Select(input => input.Name)];
        using IDisposableReadOnlyCollection<OrtValue> values = session.Run(
            run,
            given.Where(entry => used.Contains(entry.Key)).ToDictionary(),
            names
        );
        return [.. values.Select(value => value.GetTensorDataAsSpan<float>().ToArray())];
    }
}

using Agents.Onnx.Building;
using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;

namespace Agents.Onnx.Operators;

/// <summary>Translates values of a program into nodes of a model. What depends on parameters alone becomes numbers, computed as the program computes them.</summary>
/// <param name="graph">The model.</param>
/// <param name="state">The state of the program; null where it has none.</param>
internal sealed class ProgramTranslation(OnnxGraph graph, OnnxState? state)
{
    private readonly FormTable<OnnxValue> _forms = OnnxOperators.For(graph, state);

    /// <summary>Translates values and all that they depend on.</summary>
    /// <param name="wanted">The values.</param>
    /// <param name="known">Inputs of the program, and what they are in the model.</param>
    /// <param name="parameters">Flat parameters.</param>
    /// <returns>The values, in their order.</returns>
    /// <exception cref="NotSupportedException">An operator has no form in ONNX.</exception>
    public OnnxValue[] Translate(IReadOnlyList<Value> wanted, IReadOnlyDictionary<Value, OnnxValue> known, float[] parameters)
    {
        var values = new Dictionary<Value, OnnxValue>(known);
        List<Node[]> groups = Components.Of(wanted);
        HashSet<Node> numbers = AddNumbers(wanted, groups, values, parameters);
        foreach (Node node in groups.SelectMany(group => group).Where(node => !numbers.Contains(node)))
        {
            Add(node, values);
        }
        graph.Scope = "";
        return [.. wanted.Select(value => values[value])];
    }

    private void Add(Node node, Dictionary<Value, OnnxValue> values)
    {
        if (node.Operator is State)
        {
            values[node.Outputs[0]] = state!.Whole;
            return;
        }
        if (values.ContainsKey(node.Outputs[0]))
        {
            return;
        }
        if (OnnxOperators.Absent.TryGetValue(node.Operator.GetType(), out string? why))
        {
            throw new NotSupportedException($"The program cannot become a model: {node.Title} has no form in ONNX. {why}");
        }
        graph.Scope = node.Scope;
        OnnxValue[] inputs = Array.ConvertAll(node.InputArray, input => values[input]);
        OnnxValue[] outputs = _forms.Of(node)(new Call<OnnxValue>(node, inputs, 0, new RunSize(0, 0)));
        for (int i = 0; i < outputs.Length; i++)
        {
            values[node.Outputs[i]] = outputs[i];
        }
    }

    // Returns the nodes that need no form, since they are numbers or led to some.
    private HashSet<Node> AddNumbers(
        IReadOnlyList<Value> wanted,
        List<Node[]> groups,
        Dictionary<Value, OnnxValue> values,
        float[] parameters
    )
    {
        var fixedNodes = new HashSet<Node>();
        var needed = new HashSet<Value>(wanted);
        foreach (Node node in groups.SelectMany(group => group))
        {
            bool isConstant = node.Outputs[0].Shape.IsConstant;
            if (node.Operator is Parameter or Constant)
            {
                fixedNodes.Add(node);
            }
            else if (
                node.Operator is not Leaf
                && isConstant
                && Array.TrueForAll(node.InputArray, input => fixedNodes.Contains(input.Node))
            )
            {
                fixedNodes.Add(node);
            }
            else
            {
                needed.UnionWith(node.InputArray);
            }
        }
        needed.RemoveWhere(value => !fixedNodes.Contains(value.Node) || values.ContainsKey(value));
        if (needed.Count == 0)
        {
            return fixedNodes;
        }
        Plan plan = Plan.Compile(wanted[0].Graph, [.. needed], null, new PlanOptions(1));
        var program = new ManagedProgram(plan, parameters, []);
        program.Run(1);
        foreach (Value value in needed)
        {
            graph.Scope = value.Node.Scope;
            values.Add(value, graph.Floats(program[value], [value.Shape.Rows, value.Columns], NameOf(value)));
        }
        return fixedNodes;
    }

    private static string NameOf(Value value) =>
        value.Node.Operator switch
        {
            Parameter parameter => parameter.Slot.Name,
            Transpose { Matrices: 1 } when value.Node.Inputs[0].Node.Operator is Parameter parameter =>
                $"{parameter.Slot.Name}.transposed",
            _ when value.Node.Scope.Length > 0 => $"{value.Node.Scope}/numbers",
            _ => "numbers",
        };
}

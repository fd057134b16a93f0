using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;

namespace Tests.AgentTests.Distributions;

/// <summary>A function of two rows, as a program.</summary>
internal static class RowProgram
{
    /// <summary>The sum of what the function gives for some rows, and its gradients in both.</summary>
    public static (float[] Values, float[] First, float[] Second) Run(
        Func<Value, Value, Value> function,
        float[] first,
        float[] second,
        int rows = 1
    )
    {
        var graph = new Graph();
        Value a = graph.Input("first", first.Length / rows);
        Value b = graph.Input("second", second.Length / rows);
        Value value = function(a, b);
        Gradients gradients = graph.Differentiate([(value, null)], [a, b]);
        Value ofFirst = gradients[a] ?? graph.Zeros(a.Shape);
        Value ofSecond = gradients[b] ?? graph.Zeros(b.Shape);
        var program = new ManagedProgram(Plan.Compile(graph, [value, ofFirst, ofSecond], null, new PlanOptions(rows)), [], []);
        program.Bind(a, first);
        program.Bind(b, second);
        program.Run(rows);
        return (program[value].ToArray(), program[ofFirst].ToArray(), program[ofSecond].ToArray());
    }
}

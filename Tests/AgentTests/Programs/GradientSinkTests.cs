using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Tests.AgentTests.Programs;

/// <summary>Gradients reach the flat gradient from wherever they come: shared, read again, constant, or another parameter.</summary>
public sealed class GradientSinkTests
{
    private static readonly float[] Parameters = [1, 2, 3, 4, 5, 6];

    private readonly Graph _graph = new();
    private readonly Value _x;
    private readonly Value _first;
    private readonly Value _second;

    public GradientSinkTests()
    {
        _x = _graph.Input("x", 3);
        _first = _graph.Parameter(new ParameterSlot("first", [3], 0));
        _second = _graph.Parameter(new ParameterSlot("second", [3], 3));
    }

    [Fact]
    public void Gradient_OfTwoParameters_IsWrittenForBoth() => Has([(_x + (_first + _second), null)], [], [2, 2, 2, 2, 2, 2]);

    [Fact]
    public void Gradient_ThatIsAnOutput_IsWrittenToo()
    {
        Gradients gradients = _graph.Differentiate([(_x * _first, null)], [_first, _second]);

        Has(gradients, [gradients[_first]!], [5, 7, 9, 0, 0, 0]);
    }

    [Fact]
    public void Gradient_ThatIsAParameter_IsWritten() => Has([((_first * _second).SumColumns(), null)], [], [4, 5, 6, 1, 2, 3]);

    [Fact]
    public void Gradient_ThatIsAConstantOrAnInput_IsWritten()
    {
        Value constant = _graph.Constant([7, 8, 9], 1, 3);
        Value scalar = _graph.Scalar("scalar");

        Has([(_first * constant, null), (_second.SumColumns() * scalar, null)], [], [7, 8, 9, 0, 0, 0]);
    }

    [Fact]
    public void Gradient_OfConstantsAlone_IsWrittenInEachRun() =>
        Has([(_first.Square().SumColumns(), null)], [_first, _first.Tanh()], [2, 4, 6, 0, 0, 0]);

    [Fact]
    public void Gradient_OfAParameterThatIsAnOutput_IsWritten() => Has([(_x * _first, null)], [_first], [5, 7, 9, 0, 0, 0]);

    [Fact]
    public void Gradient_ThatIsReadAgain_IsWritten()
    {
        Gradients gradients = _graph.Differentiate([(_x * _first, null)], [_first]);

        Has(gradients, [_x * gradients[_first]!], [5, 7, 9, 0, 0, 0]);
    }

    [Fact]
    public void Gradient_OfALossThatStops_IsNone()
    {
        Gradients gradients = _graph.Differentiate([(_x * _first.StopGradient(), null)], [_first]);

        Assert.Null(gradients[_first]);
        Has(gradients, [], [0, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void Gradient_OfOneLossTwice_IsItsSum() => Has([(_x * _first, null), (_x * _first, null)], [], [10, 14, 18, 0, 0, 0]);

    [Fact]
    public void Parameters_ThatChange_AreTakenOver()
    {
        float[] parameters = [.. Parameters];
        Value y = _x * (_first * 2).Tanh() + _second;
        Plan plan = Plan.Compile(_graph, [y], null, new PlanOptions(2));
        foreach (bool torch in (bool[])[false, true])
        {
            IProgram program = torch ? new TorchProgram(plan, parameters, [], CPU) : new ManagedProgram(plan, parameters, []);
            using var released = program as IDisposable;
            program.Bind(_x, new float[] { 1, 1, 1 });
            program.Run(1);
            float before = program[y][0];
            parameters[0] = -parameters[0];
            program.ParametersChanged();
            program.Run(1);

            Assert.Equal(Math.Sign(parameters[0]) * Math.Tanh(2) + 4, program[y][0], 1e-5);
            Assert.NotEqual(before, program[y][0]);
        }
    }

    [Fact]
    public void Taps_OfAGradientPass_AreTheProductsWithWeights()
    {
        var taps = new List<ProductTap>();
        var few = new ParameterSlot("few", [2, 3], 0);
        var many = new ParameterSlot("many", [8, 2], 6);
        Value hidden = _graph.Dense(_x, _graph.Parameter(few), _graph.Constant(new float[2], 1, 2)).Tanh();
        Value y = _graph.Dense(hidden, _graph.Parameter(many), _graph.Constant(new float[8], 1, 8));

        Gradients gradients = _graph.Differentiate([(y, null)], [_graph.Parameter(few), _graph.Parameter(many)], taps);

        Assert.Equal([many, few], taps.Select(tap => tap.Weight));
        Assert.Equal([hidden, _x], taps.Select(tap => tap.Inputs));
        Assert.All(taps, tap => Assert.Equal(gradients[_graph.Parameter(tap.Weight)], tap.OutputGradients.OuterSum(tap.Inputs)));
    }

    private void Has((Value Of, Value? Seed)[] losses, Value[] outputs, float[] expected) =>
        Has(_graph.Differentiate(losses, [_first, _second]), outputs, expected);

    private void Has(Gradients gradients, Value[] outputs, float[] expected)
    {
        Plan plan = Plan.Compile(_graph, outputs, gradients, new PlanOptions(2));
        foreach (bool torch in (bool[])[false, true])
        {
            float[] gradient = [9, 9, 9, 9, 9, 9];
            IProgram program = torch
                ? new TorchProgram(plan, Parameters, gradient, CPU)
                : new ManagedProgram(plan, Parameters, gradient) { PoisonsMemory = true };
            using var released = program as IDisposable;
            program.Bind(_x, new float[] { 1, 2, 3, 4, 5, 6 });
            for (int run = 0; run < 2; run++)
            {
                program.Run(2);

                Assert.Equal(expected, gradient);
            }
            foreach (Value output in outputs.Where(output => output.Node.Operator is Parameter))
            {
                Assert.Equal(Parameters[..3], program[output].ToArray());
            }
        }
    }
}

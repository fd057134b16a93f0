using Agents.Networks;
using Agents.Networks.Cores.Transformers;
using Agents.Networks.Layers;
using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Torch;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks.Cores.Transformers;

/// <summary>Gates on both engines against numbers worked out by hand (Parisotto et al. 2020, section 3.2).</summary>
public sealed class GateTests
{
    private const string Name = "core.0.attention.gate";

    [Theory]
    [InlineData(GateKind.Gru, 2, 0.949477, -1.884669)]
    [InlineData(GateKind.Gru, 0, 0.890592, -1.345986)]
    [InlineData(GateKind.Input, null, 1.231059, 0.761594)]
    [InlineData(GateKind.Output, 1, 1.250000, -1.952574)]
    [InlineData(GateKind.Highway, 1, 0.940399, 0.193176)]
    [InlineData(GateKind.SigTanh, 1, 1.174468, -1.619203)]
    [InlineData(GateKind.Residual, null, 1.5, -1)]
    public void Apply_IdentityMatrices_EqualsTheWorkedExample(GateKind kind, int? bias, double first, double second)
    {
        foreach (bool torch in (bool[])[false, true])
        {
            float[] joined = Apply(kind, bias, matrices: 1, torch, [1, -2], [0.5f, 1]);

            Assert.Equal(first, joined[0], 1.1e-6);
            Assert.Equal(second, joined[1], 1.1e-6);
        }
    }

    [Theory]
    [InlineData(2, 1, 0.880797)]
    [InlineData(2, 8, 0.362)]
    [InlineData(2, 24, 0.0475)]
    [InlineData(30, 1, 1)]
    public void Apply_GruWithMatricesOfZero_KeepsItsShareOfTheStream(int bias, int gates, double share)
    {
        foreach (bool torch in (bool[])[false, true])
        {
            float[] x = [1, -2];
            for (int i = 0; i < gates; i++)
            {
                x = Apply(GateKind.Gru, bias, matrices: 0, torch, x, [3, -7]);
            }

            Assert.Equal(share, x[0], gates == 1 ? 1e-6 : 5e-4);
            Assert.Equal(-2 * share, x[1], gates == 1 ? 1e-6 : 1e-3);
        }
    }

    [Theory]
    [InlineData(GateKind.Gru, 2)]
    [InlineData(GateKind.Output, 1)]
    [InlineData(GateKind.Highway, 1)]
    [InlineData(GateKind.SigTanh, 1)]
    public void GateBias_LeftOpen_IsThePapers(GateKind kind, float bias)
    {
        var layout = new ParameterLayout(Spec(kind, null));
        var given = new ParameterLayout(Spec(kind, 0.5f));

        Assert.Equal(new Initializer.Constant(bias), layout.InitializerOf(layout[Name + ".bias"]));
        Assert.Equal(new Initializer.Constant(0.5f), given.InitializerOf(given[Name + ".bias"]));
    }

    private static float[] Apply(GateKind kind, float? bias, float matrices, bool torch, float[] x, float[] y)
    {
        var layout = new ParameterLayout(Spec(kind, bias));
        var parameters = new float[layout.Count];
        foreach (ParameterSlot slot in layout.Slots.Where(slot => slot.Name.StartsWith(Name, StringComparison.Ordinal)))
        {
            Span<float> values = slot.In(parameters.AsSpan());
            var constant = layout.InitializerOf(slot) as Initializer.Constant;
            bool isMatrix = constant is null;
            values.Fill(constant?.Number ?? 0);
            for (int row = 0; isMatrix && row < slot.Shape[0]; row++)
            {
                values[row * 2 + row % 2] = matrices;
            }
        }
        var graph = new Graph();
        (Value stream, Value output) = (graph.Input("x", 2), graph.Input("y", 2));
        Value result = new Gate(kind, 2, 0).Join(
            new ParameterScope(graph, new ParameterSource(graph, name => layout[name]), Name),
            stream,
            output
        );
        Plan plan = Plan.Compile(graph, [result], null, new PlanOptions(1));
        IProgram program = torch ? TorchExecutor.Processor(plan, parameters, []) : new ManagedProgram(plan, parameters, []);
        program.Bind(stream, x);
        program.Bind(output, y);
        program.Run(1);
        return program[result].ToArray();
    }

    private static NetworkSpec Spec(GateKind kind, float? bias) =>
        new(
            new Box(-1, 1, 2),
            new Discrete(2),
            new NetworkSettings
            {
                Core = "gtrxl",
                CoreSize = 2,
                SharedTrunk = true,
                Transformer = new TransformerSettings { Gate = kind, GateBias = bias },
            }
        );
}

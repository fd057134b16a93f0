using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Networks.Cores.NormalizedLstm;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>Noise while learning, its expectation while acting, and gradients that are cut.</summary>
public sealed class NoiseTests
{
    private const int Size = 6;
    private const int Draws = 20_000;

    private static readonly NormalizedLstmSettings Zoneout = new() { ZoneoutOutput = 0.1f, ZoneoutCell = 0.5f };

    [Fact]
    public void Step_Zoneout_IsInTheMeanWhatActingDoes()
    {
        var (noisy, quiet) = (new OneStep(Zoneout, training: true), new OneStep(Zoneout, training: false));
        float[] expected = quiet.Run(0);
        var mean = new double[expected.Length];
        for (ulong draw = 0; draw < Draws; draw++)
        {
            float[] drawn = noisy.Run(draw);
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += drawn[i] / (double)Draws;
            }
        }

        Assert.All(expected.Zip(mean), pair => Assert.Equal(pair.First, pair.Second, 0.01));
    }

    [Fact]
    public void Step_Zoneout_TakesEachNumberFromBeforeOrFromTheStep()
    {
        float[] stepped = new OneStep(new NormalizedLstmSettings(), training: true).Run(0);
        var noisy = new OneStep(Zoneout, training: true);
        int stayed = 0;
        for (ulong draw = 0; draw < 200; draw++)
        {
            float[] drawn = noisy.Run(draw);
            for (int i = 0; i < drawn.Length; i++)
            {
                bool before = drawn[i] == noisy.State[i];
                Assert.True(before || drawn[i] == stepped[i], $"{drawn[i]} is neither {noisy.State[i]} nor {stepped[i]}");
                stayed += before ? 1 : 0;
            }
        }

        Assert.InRange(stayed / (200.0 * 2 * Size), 0.25, 0.35); // a tenth of the outputs and half of the cells
    }

    [Fact]
    public void Step_SameDraw_IsTheSameAndAnotherIsNot()
    {
        var noisy = new OneStep(new NormalizedLstmSettings { Dropout = 0.5f }, training: true);

        float[] first = noisy.Run(7);

        Assert.NotEqual(first, noisy.Run(8));
        Assert.Equal(first, noisy.Run(7));
    }

    [Fact]
    public void Step_DropoutWhileActing_ChangesNothing()
    {
        float[] dropping = new OneStep(new NormalizedLstmSettings { Dropout = 0.5f }, training: false).Run(1);

        Assert.Equal(new OneStep(new NormalizedLstmSettings(), training: false).Run(1), dropping);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("ln_lstm")]
    public void Differentiate_Cut_EndsAtTheStep(string core)
    {
        Assert.True(GradientOfTheFirstStep(core, new StepMode()) > 0);
        Assert.Equal(0, GradientOfTheFirstStep(core, new StepMode(Cut: true)));
    }

    [Fact]
    public void Graph_CutOfACoreWithRings_IsRefusedAndNotIgnored()
    {
        NetworkSpec spec = Spec("gtrxl", null);

        Assert.Contains(
            "no gradient that is cut",
            Assert
                .Throws<NotSupportedException>(() => new NetworkGraph(spec, new Graph(), mode: new StepMode(Cut: true)))
                .Message,
            StringComparison.Ordinal
        );
    }

    // What the values of the second step owe to the features of the first.
    private static float GradientOfTheFirstStep(string core, StepMode mode)
    {
        NetworkSpec spec = Spec(core, null);
        var network = new NetworkGraph(spec, new Graph(), NetworkForm.Loop, mode);
        Value seed = network.Graph.Input("seed", 1);
        Gradients gradients = network.Graph.Differentiate([(network.Values, seed)], [network.Features]);
        Value gradient = gradients[network.Features]!;
        var plan = Plan.Compile(network.Graph, [gradient], null, new PlanOptions(2, 1));
        var program = new ManagedProgram(plan, Parameters(spec), []);
        program.Bind(network.Features, new float[] { 1, -1, 0.5f, 2, 1, -0.5f });
        program.Bind(network.Keep!, new float[] { 1, 1 });
        program.Bind(network.InitialCoreState!, new float[spec.CoreStateSize]);
        program.Bind(seed, new float[] { 0, 1 });
        program.Run(2, 1);
        return program[gradient][..3].ToArray().Sum(Math.Abs);
    }

    private static NetworkSpec Spec(string core, CoreSettings? settings) =>
        new(
            new Box(-5, 5, 3),
            new Discrete(2),
            new NetworkSettings
            {
                HiddenSizes = [],
                Core = core,
                CoreSize = Size,
                SharedTrunk = true,
                CoreSettings = settings ?? MemoryCores.Find(core)!.Settings,
            }
        );

    private static float[] Parameters(NetworkSpec spec)
    {
        var random = new Pcg64(3);
        return ParameterInitializer.Create(new ParameterLayout(spec), ref random);
    }

    /// <summary>One step of a layer-normalised LSTM from a state that is not 0.</summary>
    private sealed class OneStep
    {
        private readonly NetworkGraph _network;
        private readonly ManagedProgram _program;

        public OneStep(NormalizedLstmSettings settings, bool training)
        {
            NetworkSpec spec = Spec("ln_lstm", settings);
            _network = new NetworkGraph(spec, new Graph(), NetworkForm.Loop, new StepMode(Training: training));
            _program = new ManagedProgram(
                Plan.Compile(_network.Graph, [_network.CoreState!], null, new PlanOptions(1, 1)),
                Parameters(spec),
                []
            );
            _program.Bind(_network.Features, new float[] { 1, -1, 0.5f });
            _program.Bind(_network.Keep!, new float[] { 1 });
            _program.Bind(_network.InitialCoreState!, State);
        }

        public float[] State { get; } = [.. Enumerable.Range(1, 2 * Size).Select(i => i * 0.07f)];

        public float[] Run(ulong draw)
        {
            _program.Run(1, 1, draw);
            return _program[_network.CoreState!].ToArray();
        }
    }
}

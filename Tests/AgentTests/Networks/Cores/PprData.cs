using Agents.Networks;
using Agents.Networks.Cores.PerceptionPredictionReaction;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Torch;
using Environments.Randomness;
using Environments.Spaces;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>A network without an encoder, what it sees, and what its heads say.</summary>
internal sealed class PprData
{
    public const int Units = 6;
    public const int Steps = 14;
    public const int Copies = 3;
    public const int Size = 5;
    public const string Reaction = Head.Policy;
    public const string Perception = "perception";
    public const string Prediction = "prediction";

    public PprData(PprSettings settings)
    {
        Spec = new NetworkSpec(
            new Box(-5, 5, Size),
            new Discrete(3),
            new NetworkSettings
            {
                HiddenSizes = [],
                Core = "ppr",
                CoreSize = Units,
                CoreSettings = settings,
                SharedTrunk = true,
                Heads =
                [
                    .. ((string[])[Perception, Prediction]).Select(name => new HeadSettings
                    {
                        Name = name,
                        Size = 3,
                        Branch = name,
                    }),
                ],
            }
        );
        var random = new Pcg64(5);
        var layout = new ParameterLayout(Spec);
        Parameters = ParameterInitializer.Create(layout, ref random);
        ImageSpecs.Disturb(layout, Parameters, 0.3f, ref random);
        Observations = [.. Enumerable.Range(0, Steps * Copies * Size).Select(_ => (float)random.NextGaussian())];
    }

    public NetworkSpec Spec { get; }
    public float[] Parameters { get; }
    public float[] Observations { get; }
    public bool[] Starts { get; } = new bool[Steps * Copies];

    public Dictionary<string, float[]> Run(bool torch, int disturbed = -1) =>
        RunFrom(torch, 0, new float[Copies * Spec.CoreStateSize], disturbed);

    public Dictionary<string, float[]> RunFrom(bool torch, int first, float[] state, int disturbed = -1)
    {
        var graph = new NetworkGraph(Spec, new Graph());
        string[] heads = [Reaction, Perception, Prediction];
        Value[] outputs = [.. heads.Select(head => graph[head])];
        int rows = (Steps - first) * Copies;
        var plan = Plan.Compile(graph.Graph, outputs, null, new PlanOptions(rows, Copies));
        IProgram program = torch ? TorchExecutor.Processor(plan, Parameters, []) : new ManagedProgram(plan, Parameters, []);
        float[] observations = [.. Observations];
        if (disturbed >= 0)
        {
            observations.AsSpan(disturbed * Copies * Size, Copies * Size).Fill(-2);
        }
        program.Bind(graph.Features, observations[(first * Copies * Size)..]);
        program.Bind(graph.Keep!, Starts.Skip(first * Copies).Select(start => start ? 0f : 1).ToArray());
        program.Bind(graph.InitialCoreState!, state);
        program.Run(rows, Copies);
        return heads.Zip(outputs).ToDictionary(pair => pair.First, pair => program[pair.Second].ToArray());
    }

    public float[] StateAfter(int steps)
    {
        using var network = new ProgramNetwork(Spec, Parameters);
        var state = new float[Copies * Spec.CoreStateSize];
        Unroll(network, steps, state);
        return state;
    }

    // What the squares of a head's numbers owe to each parameter, in a sequence that begins after some steps.
    public float[] ParameterGradient(bool torch, int first, string head)
    {
        float[] state = StateAfter(first);
        var graph = new NetworkGraph(Spec, new Graph());
        Gradients gradients = graph.Graph.Differentiate(
            [(graph[head].Square().SumColumns(), (Value?)null)],
            [.. graph.Parameters]
        );
        int rows = (Steps - first) * Copies;
        var plan = Plan.Compile(graph.Graph, [graph[head]], gradients, new PlanOptions(rows, Copies));
        var gradient = new float[Parameters.Length];
        IProgram program = torch
            ? TorchExecutor.Processor(plan, Parameters, gradient)
            : new ManagedProgram(plan, Parameters, gradient);
        program.Bind(graph.Features, Observations[(first * Copies * Size)..]);
        program.Bind(graph.Keep!, Enumerable.Repeat(1f, rows).ToArray());
        program.Bind(graph.InitialCoreState!, state);
        program.Run(rows, Copies);
        return gradient;
    }

    public float[] Act()
    {
        using var network = new ProgramNetwork(Spec, Parameters);
        return Unroll(network, Steps, new float[Copies * Spec.CoreStateSize]);
    }

    // How much the policy of one step owes to the observation of an earlier one, of the first copy.
    public float Gradient(int from, int to, Func<string, bool> cleared, bool closeForgetGate = false)
    {
        float[] parameters = [.. Parameters];
        foreach (ParameterSlot slot in new ParameterLayout(Spec).Slots)
        {
            if (cleared(slot.Name))
            {
                slot.In(parameters.AsSpan()).Clear();
            }
            if (closeForgetGate && slot.Name == "core.slow.hidden.bias")
            {
                slot.In(parameters.AsSpan()).Slice(Units, Units).Fill(-1e4f);
            }
        }
        var graph = new NetworkGraph(Spec, new Graph());
        Value seed = graph.Graph.Input("seed", 1);
        Value sum = graph[Reaction].Square().SumColumns();
        Value gradient = graph.Graph.Differentiate([(sum, seed)], [graph.Features])[graph.Features]!;
        var plan = Plan.Compile(graph.Graph, [gradient], null, new PlanOptions(Steps * Copies, Copies));
        var program = new ManagedProgram(plan, parameters, []);
        program.Bind(graph.Features, Observations);
        program.Bind(graph.Keep!, Starts.Select(start => start ? 0f : 1).ToArray());
        program.Bind(graph.InitialCoreState!, new float[Copies * Spec.CoreStateSize]);
        program.Bind(seed, Enumerable.Range(0, Steps * Copies).Select(row => row == to * Copies ? 1f : 0).ToArray());
        program.Run(Steps * Copies, Copies);
        return program[gradient].Slice(from * Copies * Size, Size).ToArray().Sum(Math.Abs);
    }

    private float[] Unroll(ProgramNetwork network, int steps, float[] state)
    {
        var distributions = new float[steps * Copies * Spec.DistributionSize];
        network.Unroll(
            steps,
            Observations.AsSpan(0, steps * Copies * Size),
            Starts.AsSpan(0, steps * Copies),
            state,
            distributions,
            []
        );
        return distributions;
    }
}

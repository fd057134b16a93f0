using Actors;
using Agents.Networks;
using Agents.Policies;
using Agents.Policies.Acting;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Torch;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Stages;
using Protos;
using Protos.Fleet;
using Tests.LearnerTests.Engines;
using Tests.ProtoTests.Fleet;
using Xunit;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>What every memory core of the table must keep, whatever engine computes it.</summary>
public sealed class MemoryCoreTests
{
    private const int Steps = 11;
    private const int Copies = 3;
    private const double Tolerance = 1e-5;

    /// <summary>Cores, then whether the reference computes them.</summary>
    public static TheoryData<string, bool> OnBothEngines
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string core in CoreCases.All.Keys)
            {
                data.Add(core, false);
                data.Add(core, true);
            }
            return data;
        }
    }

    public static TheoryData<string> Cores => [.. CoreCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cores))]
    public void Unroll_StepByStep_GivesTheBitsOfTheWholeSequence(string core)
    {
        var data = new Sequence(Spec(core));
        using IActorCriticNetwork network = data.Network(torch: false);
        (float[] whole, float[] wholeState) = data.Run(network);
        (float[] parts, float[] state) = data.RunStepByStep(network);

        Assert.Equal(whole, parts);
        Assert.Equal(wholeState, state);
        Assert.True(whole.Distinct().Count() > Steps, "outputs must depend on what is seen");
    }

    [Theory]
    [MemberData(nameof(Cores))]
    public void Unroll_ReferenceOnWholeSequence_EqualsActingStepByStep(string core)
    {
        var data = new Sequence(Spec(core));
        using IActorCriticNetwork acting = data.Network(torch: false);
        using IActorCriticNetwork reference = data.Network(torch: true);
        (float[] whole, float[] wholeState) = data.Run(reference);
        (float[] parts, float[] state) = data.RunStepByStep(acting);

        Near(whole, parts);
        Near(wholeState, state);
    }

    [Theory]
    [MemberData(nameof(Cores))]
    public void Unroll_ReferenceInPieces_EqualsTheWholeSequence(string core)
    {
        var data = new Sequence(Spec(core));
        using IActorCriticNetwork network = data.Network(torch: true);
        (float[] whole, float[] wholeState) = data.Run(network);
        float[] state = data.State();
        float[] first = data.Run(network, 0, 4, state);
        float[] second = data.Run(network, 4, Steps, state);

        Near(whole, [.. first, .. second]);
        Near(wholeState, state);
    }

    [Theory]
    [MemberData(nameof(OnBothEngines))]
    public void Unroll_EpisodeStartInside_GivesWhatAFreshStateGives(string core, bool torch)
    {
        const int start = 6;
        var data = new Sequence(Spec(core)) { Starts = { [start * Copies + 1] = true } };
        using IActorCriticNetwork network = data.Network(torch);
        (float[] whole, float[] wholeState) = data.Run(network);
        var fresh = new float[data.State().Length];
        float[] alone = data.Run(network, start, Steps, fresh);

        int size = data.OutputSize / Copies;
        for (int t = start; t < Steps; t++)
        {
            Near(Row(whole, t, 1), Row(alone, t - start, 1));
            Assert.NotEqual(Row(whole, t, 2), Row(alone, t - start, 2)); // whose episode went on
        }
        int stateSize = fresh.Length / Copies;
        Near(wholeState[stateSize..(2 * stateSize)], fresh[stateSize..(2 * stateSize)]);

        float[] Row(float[] outputs, int t, int b) => outputs[((t * Copies + b) * size)..((t * Copies + b + 1) * size)];
    }

    [Theory]
    [MemberData(nameof(OnBothEngines))]
    public void Unroll_OtherCopyChanges_ChangesNothing(string core, bool torch)
    {
        var data = new Sequence(Spec(core));
        using IActorCriticNetwork network = data.Network(torch);
        (float[] before, float[] stateBefore) = data.Run(network);
        for (int t = 0; t < Steps; t++)
        {
            data.Observation(t, 0).Fill(-3);
        }
        (float[] after, float[] stateAfter) = data.Run(network);

        int size = data.OutputSize / Copies;
        for (int row = 0; row < Steps * Copies; row++)
        {
            float[] old = before[(row * size)..((row + 1) * size)];
            float[] now = after[(row * size)..((row + 1) * size)];
            if (row % Copies == 0)
            {
                Assert.NotEqual(old, now);
            }
            else
            {
                Near(old, now);
            }
        }
        Near(stateBefore[(stateBefore.Length / Copies)..], stateAfter[(stateAfter.Length / Copies)..]);
    }

    [Theory]
    [MemberData(nameof(OnBothEngines))]
    public void Unroll_LaterObservationChanges_LeavesEarlierOutputsToTheBit(string core, bool torch)
    {
        const int changed = 5;
        var data = new Sequence(Spec(core));
        using IActorCriticNetwork network = data.Network(torch);
        (float[] before, _) = data.Run(network);
        for (int b = 0; b < Copies; b++)
        {
            data.Observation(changed, b).Fill(2);
        }
        (float[] after, _) = data.Run(network);

        int border = changed * data.OutputSize;
        Assert.Equal(before[..border], after[..border]);
        Assert.NotEqual(before[border..(border + data.OutputSize)], after[border..(border + data.OutputSize)]);
        int next = border + data.OutputSize;
        Assert.NotEqual(before[next..(next + data.OutputSize)], after[next..(next + data.OutputSize)]); // it is remembered
    }

    [Theory]
    [MemberData(nameof(OnBothEngines))]
    public void Backward_UnrollFromTheWireAndUnchangedParameters_HasRatioOne(string core, bool torch)
    {
        EngineKind kind = torch ? EngineKind.Torch : EngineKind.Managed;
        using var parts = new Acting(CoreCases.All[core], 4);
        parts.Record(); // the next unroll begins in the middle of episodes
        Unroll sent = parts.Record();
        Unroll received = UnrollReader.Read(Wire.Split(Wire.Write(sent), 100), Wire.OpenPool(), out string? defect)!;
        Assert.Null(defect);
        Assert.Equal(sent.InitialCoreState, received.InitialCoreState);
        Assert.True(received.InitialCoreState.AsSpan().ContainsAnyExcept(0f), "the state must hold something");
        float[] pinned = GC.AllocateArray<float>(parts.Parameters.Length, pinned: true);
        parts.Parameters.CopyTo(pinned, 0);
        using IGradientEngine engine = GradientEngines.Create(kind, parts.Spec, pinned);
        var batch = new UnrollEvaluator(engine.Network);
        batch.Prepare(received, 0.99f, 0.95f);
        var minibatch = new SampleBatch(parts.Spec, batch.Batch.Count, received.Steps);
        minibatch.Batch.Gather(batch.Batch, [.. Enumerable.Range(0, minibatch.Count)]);
        parts.Spec.Plan.Features.EncodeRows(minibatch.Observations, minibatch.Features);
        var logProbs = new float[minibatch.Count];
        engine.Use([new EntropyObjective(1)]);
        engine.Backward(minibatch, 0, new double[1], logProbs);

        Assert.True(received.EpisodeStarts.AsSpan(received.Copies).Contains(true), "an episode must start inside");
        Assert.All(
            logProbs.Zip(received.BehaviourLogProbs),
            pair => Assert.Equal(1, Math.Exp(pair.First - pair.Second), Tolerance)
        );
        Assert.True(logProbs.Distinct().Count() > 8, "the policy must have opinions");
    }

    [Theory]
    [MemberData(nameof(Cores))]
    public void LoadState_OfARecorder_GoesOnBitForBit(string core)
    {
        using var parts = new Acting(CoreCases.All[core], 4);
        using var other = new Acting(CoreCases.All[core], 99);
        parts.Record();
        var state = new StateDictionary();
        parts.Recorder.SaveState(state);
        other.Recorder.LoadState(state);

        Unroll expected = parts.Record();
        Unroll actual = other.Record();

        Assert.Equal(expected.InitialCoreState, actual.InitialCoreState);
        Assert.Equal(expected.Actions, actual.Actions);
        Assert.Equal(expected.BehaviourLogProbs, actual.BehaviourLogProbs);
    }

    [Theory]
    [MemberData(nameof(Cores))]
    public void Load_SavedPolicy_ActsThroughEpisodesBitForBitTheSame(string core)
    {
        var data = new Sequence(Spec(core));
        using var folder = new TemporaryFolder();
        using var saved = new SavedPolicy(
            new PolicyInfo { Agent = "ppo", Environment = "Test-v0" },
            data.Spec,
            data.Parameters,
            null
        );
        saved.Save(folder.In("policy"));
        using SavedPolicy loaded = SavedPolicy.Load(folder.In("policy"));
        PolicySession first = saved.CreateSession(Copies, seed: 5, ActingPolicies.Sample);
        PolicySession second = loaded.CreateSession(Copies, seed: 5, ActingPolicies.Sample);

        Assert.Equal(saved.Network, loaded.Network);
        for (int t = 0; t < Steps; t++)
        {
            float[] observations = data.Observations[(t * data.RowSize)..((t + 1) * data.RowSize)];
            Assert.Equal(first.Act(observations), second.Act(observations));
            Assert.Equal(first.Output.Values, second.Output.Values);
            Assert.Equal(first.Output.LogProbs, second.Output.LogProbs);
            if (t == 5)
            {
                first.StartEpisode(1);
                second.StartEpisode(1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cores))]
    public void Forward_LossOfALaterStep_ReachesTheFirstObservationAndNoEarlierEpisode(string core)
    {
        const int last = 3;
        var data = new Sequence(Spec(core));
        bool[] starts = new bool[Steps * Copies];
        starts[Copies + 1] = true; // the second copy's episode starts in step 1

        float[] gradient = Gradient(data, starts, last);

        float Size(int t, int b) => gradient.AsSpan((t * Copies + b) * 5, 5).ToArray().Sum(Math.Abs);
        Assert.True(Size(0, 0) > 0);
        Assert.Equal(0, Size(0, 1));
        Assert.True(Size(1, 1) > 0);
        Assert.Equal(0, Size(last + 1, 0));
    }

    [Theory]
    [MemberData(nameof(OnBothEngines))]
    public void Sequences_ResetsAtBothEndsAndInside_EqualTheSteps(string core, bool torch)
    {
        var data = new Sequence(Spec(core))
        {
            Starts =
            {
                [0] = true,
                [4 * Copies + 1] = true,
                [5 * Copies + 1] = true,
                [(Steps - 1) * Copies + 2] = true,
            },
        };
        using ProgramNetwork network = data.Network(torch: false);
        (float[] expected, _) = data.RunStepByStep(network);
        var graph = new NetworkGraph(data.Spec, new Graph());
        var outputs = Value.Concat([graph.Distributions, graph.Values, .. data.Heads.Select(head => graph[head.Name])]);
        var plan = Plan.Compile(graph.Graph, [outputs], null, new PlanOptions(Steps * Copies, Copies));
        IProgram program = torch
            ? TorchExecutor.Processor(plan, data.Parameters, [])
            : new ManagedProgram(plan, data.Parameters, []);
        data.Bind(program, graph, data.Starts);

        program.Run(Steps * Copies, Copies);

        Near(expected, program[outputs].ToArray());
    }

    [Theory]
    [MemberData(nameof(OnBothEngines))]
    public void Differentiate_EveryParameter_HasAGradient(string core, bool torch)
    {
        var data = new Sequence(Spec(core));
        var graph = new NetworkGraph(data.Spec, new Graph());
        Gradients gradients = graph.Graph.Differentiate(
            [
                (graph.Distributions.Square().SumColumns(), null),
                (graph.Values, null),
                .. data.Heads.Select(head => (graph[head.Name].Square().SumColumns(), (Value?)null)),
            ],
            [.. graph.Parameters]
        );
        var plan = Plan.Compile(graph.Graph, [graph.Values], gradients, new PlanOptions(Steps * Copies, Copies));
        var gradient = new float[data.Parameters.Length];
        IProgram program = torch
            ? TorchExecutor.Processor(plan, data.Parameters, gradient)
            : new ManagedProgram(plan, data.Parameters, gradient);
        data.Bind(program, graph, data.Starts);

        program.Run(Steps * Copies, Copies);

        foreach (ParameterSlot slot in new ParameterLayout(data.Spec).Slots)
        {
            Assert.True(slot.In(gradient.AsSpan()).ContainsAnyExcept(0f), $"{slot.Name} got no gradient");
        }
        Assert.DoesNotContain(gradient, number => !float.IsFinite(number));
    }

    // What the values of one step owe to each feature.
    private static float[] Gradient(Sequence data, bool[] starts, int last)
    {
        var network = new NetworkGraph(data.Spec, new Graph());
        Value seed = network.Graph.Input("seed", 1);
        Value gradient = network.Graph.Differentiate([(network.Values, seed)], [network.Features])[network.Features]!;
        var plan = Plan.Compile(network.Graph, [gradient], null, new PlanOptions(Steps * Copies, Copies));
        var program = new ManagedProgram(plan, data.Parameters, []);
        data.Bind(program, network, starts);
        program.Bind(seed, Enumerable.Range(0, Steps * Copies).Select(row => row / Copies == last ? 1f : 0).ToArray());
        program.Run(Steps * Copies, Copies);
        return program[gradient].ToArray();
    }

    /// <summary>The core between five numbers and three actions.</summary>
    private static NetworkSpec Spec(string core) => new(new Box(-5, 5, 5), new Discrete(3), CoreCases.All[core]);

    private static void Near(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    private static float[] ParametersOf(NetworkSpec spec, ulong seed)
    {
        var random = new Pcg64(seed);
        var layout = new ParameterLayout(spec);
        float[] parameters = ParameterInitializer.Create(layout, ref random);
        ImageSpecs.Disturb(layout, parameters, 0.2f, ref random); // biases and heads far enough from 0 to matter
        return parameters;
    }

    /// <summary>Observations of a few copies, and a state that earlier steps led to.</summary>
    private sealed class Sequence
    {
        private readonly float[] _state;

        public Sequence(NetworkSpec spec)
        {
            Spec = spec;
            Parameters = ParametersOf(spec, 8);
            var random = new Pcg64(5);
            Observations = [.. Enumerable.Range(0, Steps * RowSize).Select(_ => (float)random.NextGaussian())];
            Heads = [.. spec.Heads.Where(head => head.Kind == HeadKind.Free)];
            OutputSize = Copies * (spec.DistributionSize + 1 + Heads.Sum(head => head.Size));
            _state = new float[Copies * spec.CoreStateSize];
            using IActorCriticNetwork network = Network(torch: false);
            Run(network, 0, 7, _state);
        }

        public NetworkSpec Spec { get; }
        public float[] Parameters { get; }
        public float[] Observations { get; }
        public Head[] Heads { get; }
        public bool[] Starts { get; } = new bool[Steps * Copies];
        public int OutputSize { get; }
        public int RowSize => Copies * Spec.ObservationSize;

        public float[] State() => (float[])_state.Clone();

        public Span<float> Observation(int t, int b) =>
            Observations.AsSpan(t * RowSize + b * Spec.ObservationSize, Spec.ObservationSize);

        public ProgramNetwork Network(bool torch) =>
            torch ? TorchNetworks.Create(Spec, [.. Parameters]) : new ProgramNetwork(Spec, [.. Parameters]);

        public void Bind(IProgram program, NetworkGraph network, bool[] starts)
        {
            program.Bind(network.Features, Observations);
            program.Bind(network.Keep!, starts.Select(start => start ? 0f : 1).ToArray());
            program.Bind(network.InitialCoreState!, State());
        }

        public (float[] Outputs, float[] State) Run(IActorCriticNetwork network)
        {
            float[] state = State();
            return (Run(network, 0, Steps, state), state);
        }

        public (float[] Outputs, float[] State) RunStepByStep(IActorCriticNetwork network)
        {
            float[] state = State();
            return ([.. Enumerable.Range(0, Steps).SelectMany(t => Run(network, t, t + 1, state))], state);
        }

        // Distribution, value and further heads of each row.
        public float[] Run(IActorCriticNetwork network, int first, int end, float[] state)
        {
            int rows = (end - first) * Copies;
            int size = Spec.DistributionSize;
            var distributions = new float[rows * size];
            var values = new float[rows];
            HeadRows[] heads = [.. Heads.Select(head => new HeadRows(head.Name, new float[rows * head.Size]))];
            if (heads.Length > 0)
            {
                network.UnrollHeads(
                    end - first,
                    Observations.AsSpan(first * RowSize, (end - first) * RowSize),
                    Starts.AsSpan(first * Copies, rows),
                    (float[])state.Clone(),
                    heads
                );
            }
            network.Unroll(
                end - first,
                Observations.AsSpan(first * RowSize, (end - first) * RowSize),
                Starts.AsSpan(first * Copies, rows),
                state,
                distributions,
                values
            );
            return
            [
                .. Enumerable
                    .Range(0, rows)
                    .SelectMany(row =>
                        (float[])
                            [
                                .. distributions[(row * size)..((row + 1) * size)],
                                values[row],
                                .. heads
                                    .Zip(Heads)
                                    .SelectMany(pair =>
                                        pair.First.Rows[(row * pair.Second.Size)..((row + 1) * pair.Second.Size)]
                                    ),
                            ]
                    ),
            ];
        }
    }

    /// <summary>A policy with the core at work in an environment whose episodes end after a few dozen steps.</summary>
    private sealed class Acting : IDisposable
    {
        private readonly EnvironmentPipeline _pipeline;
        private readonly NetworkPolicy _policy;

        public Acting(NetworkSettings settings, ulong seed)
        {
            _pipeline = EnvironmentPipeline.ForTraining(
                EnvironmentRegistry.Default.Make("CartPole-v1", 3),
                new WrapperSettings(),
                0.99f
            );
            Spec = _pipeline.NetworkFor(settings);
            Parameters = ParametersOf(Spec, 3);
            _policy = new NetworkPolicy(Spec, ActingPolicies.Sample);
            _policy.LoadParameters(Parameters, 0);
            Recorder = new UnrollRecorder(new EnvironmentParts(_pipeline), _policy, seed, new Pcg64(seed));
        }

        public NetworkSpec Spec { get; }
        public float[] Parameters { get; }
        public UnrollRecorder Recorder { get; }

        public Unroll Record()
        {
            var unroll = new Unroll(_pipeline.ShapeFor(Spec, steps: 25));
            Recorder.Record(unroll);
            return unroll;
        }

        public void Dispose()
        {
            Recorder.Dispose();
            _policy.Dispose();
        }
    }
}

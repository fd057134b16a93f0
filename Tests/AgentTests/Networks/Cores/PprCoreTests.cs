using Agents.Networks;
using Agents.Networks.Cores.PerceptionPredictionReaction;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Torch;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>Who sees what, and when, in a perception-prediction-reaction core (Stooke et al. 2020): who is blind stays so to the bit, on both executors.</summary>
public sealed class PprCoreTests
{
    private const int Period = 4;
    private const int Steps = 14;
    private const int Copies = 3;
    private const int Size = 5;
    private const string Reaction = Head.Policy;
    private const string Perception = "perception";
    private const string Prediction = "prediction";

    // The third interval of an episode that begins with the sequence has steps 8 to 11.
    private const int Interval = 2 * Period;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Perception_ObservationBeforeItsInterval_ChangesNothing(bool torch)
    {
        var data = new Data(new PprSettings { Period = Period });
        float[] before = data.Run(torch)[Perception];

        float[] earlier = data.Run(torch, disturbed: Interval - 1)[Perception];
        float[] inside = data.Run(torch, disturbed: Interval)[Perception];

        Assert.Equal(Rows(before, Interval, Interval + Period), Rows(earlier, Interval, Interval + Period));
        Assert.NotEqual(Rows(before, Interval + 1, Interval + 2), Rows(inside, Interval + 1, Interval + 2));
        Assert.Equal(Rows(before, Interval + Period, Steps), Rows(inside, Interval + Period, Steps));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Prediction_ObservationInsideItsInterval_ChangesNothing(bool torch)
    {
        var data = new Data(new PprSettings { Period = Period });
        float[] before = data.Run(torch)[Prediction];

        float[] inside = data.Run(torch, disturbed: Interval)[Prediction];
        float[] earlier = data.Run(torch, disturbed: Interval - 1)[Prediction];

        Assert.Equal(Rows(before, 0, Interval + Period), Rows(inside, 0, Interval + Period));
        Assert.NotEqual(Rows(before, Interval + Period, Steps), Rows(inside, Interval + Period, Steps));
        Assert.NotEqual(Rows(before, Interval, Interval + 1), Rows(earlier, Interval, Interval + 1));
        Assert.NotEqual(Rows(before, Interval, Interval + 1), Rows(before, Interval + 1, Interval + 2)); // by the phase
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reaction_WithoutTheSlowCore_KnowsItsIntervalAlone(bool torch)
    {
        var linked = new Data(new PprSettings { Period = Period });
        var alone = new Data(new PprSettings { Period = Period, SlowToReaction = false });
        var kept = new Data(
            new PprSettings
            {
                Period = Period,
                SlowToReaction = false,
                ResetReaction = false,
            }
        );

        Assert.NotEqual(Last(linked.Run(torch)), Last(linked.Run(torch, disturbed: Interval - 1)));
        Assert.NotEqual(Last(linked.Run(torch)), Last(linked.Run(torch, disturbed: Interval)));
        Assert.Equal(Last(alone.Run(torch)), Last(alone.Run(torch, disturbed: Interval - 1)));
        Assert.NotEqual(Last(kept.Run(torch)), Last(kept.Run(torch, disturbed: Interval - 1)));

        static float[] Last(Dictionary<string, float[]> heads) => Rows(heads[Reaction], Interval + 1, Interval + 2);
    }

    [Fact]
    public void Memory_StepByStep_ChangesAtTicksAloneWhichCountFromEachEpisode()
    {
        var data = new Data(new PprSettings { Period = Period });
        data.Starts[6 * Copies + 1] = true;
        using var network = new ProgramNetwork(data.Spec, data.Parameters);
        Assert.True(network.Watch("memory") && network.Watch("ticks"));
        var state = new float[Copies * data.Spec.CoreStateSize];
        var memories = new List<float[]>();
        var ticks = new List<float[]>();
        for (int t = 0; t < Steps; t++)
        {
            network.Unroll(
                1,
                data.Observations.AsSpan(t * Copies * Size, Copies * Size),
                data.Starts.AsSpan(t * Copies, Copies),
                state,
                new float[Copies * data.Spec.DistributionSize],
                []
            );
            memories.Add(network.Watched("memory").ToArray());
            ticks.Add(network.Watched("ticks").ToArray());
        }

        Assert.Equal([4, 8, 12], Ticks(0));
        Assert.Equal([4, 10], Ticks(1)); // whose second episode began with step 6
        for (int t = 1; t < Steps; t++)
        {
            for (int b = 0; b < Copies; b++)
            {
                bool ticked = ticks[t][b] == 1 || data.Starts[t * Copies + b];
                Assert.Equal(!ticked, MemoryOf(t, b).SequenceEqual(MemoryOf(t - 1, b)));
            }
        }
        Assert.All(memories[..Period], memory => Assert.DoesNotContain(memory, number => number != 0));
        Assert.DoesNotContain(MemoryOf(6, 1), number => number != 0);

        int[] Ticks(int b) => [.. Enumerable.Range(0, Steps).Where(t => ticks[t][b] == 1)];
        float[] MemoryOf(int t, int b)
        {
            int width = memories[t].Length / Copies;
            return memories[t][(b * width)..((b + 1) * width)];
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_CopiesWhoseEpisodesBeginAtDifferentSteps_AreEachAsByThemselves(bool torch)
    {
        var data = new Data(new PprSettings { Period = Period });
        data.Starts[3 * Copies + 1] = true;
        data.Starts[5 * Copies + 2] = true;
        Dictionary<string, float[]> together = data.Run(torch);

        for (int b = 1; b < Copies; b++)
        {
            int start = b == 1 ? 3 : 5;
            Dictionary<string, float[]> fresh = data.RunFrom(torch, start, new float[Copies * data.Spec.CoreStateSize]);
            foreach (string head in together.Keys)
            {
                Assert.Equal(OfCopy(Rows(together[head], start, Steps), b), OfCopy(fresh[head], b));
            }
        }
    }

    /// <summary>An unroll may begin at any phase, and prediction is not carried: it is computed again from what is.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(Period)]
    [InlineData(Period + 3)]
    [InlineData(2 * Period + 2)]
    public void Sequence_FromTheMiddleOfAnInterval_GoesOnBitForBit(int first)
    {
        var data = new Data(new PprSettings { Period = Period });
        data.Starts[3 * Copies + 1] = true;
        Dictionary<string, float[]> whole = data.Run(torch: false);
        float[] state = data.StateAfter(first);

        Dictionary<string, float[]> rest = data.RunFrom(torch: false, first, state);

        foreach (string head in whole.Keys)
        {
            Assert.Equal(Rows(whole[head], first, Steps), rest[head]);
        }
        Assert.Equal(6 * Data.Units + 1, data.Spec.CoreStateSize); // slow, reaction and perception, and the phase
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sequence_EqualsTheStepsOfEveryHead(bool torch)
    {
        var data = new Data(new PprSettings { Period = Period });
        data.Starts[6 * Copies + 1] = true;
        Dictionary<string, float[]> whole = data.Run(torch);
        using var network = new ProgramNetwork(data.Spec, data.Parameters);
        var state = new float[Copies * data.Spec.CoreStateSize];
        for (int t = 0; t < Steps; t++)
        {
            HeadRows[] heads = [.. data.Spec.Heads.Select(head => new HeadRows(head.Name, new float[Copies * head.Size]))];
            network.UnrollHeads(
                1,
                data.Observations.AsSpan(t * Copies * Size, Copies * Size),
                data.Starts.AsSpan(t * Copies, Copies),
                state,
                heads
            );
            foreach (HeadRows head in heads.Where(head => whole.ContainsKey(head.Head)))
            {
                float[] expected = Rows(whole[head.Head], t, t + 1);
                if (torch)
                {
                    Assert.All(expected.Zip(head.Rows), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
                }
                else
                {
                    Assert.Equal(expected, head.Rows);
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PeriodOfOne_PerceptionSeesOneObservation_AndTheSlowCoreTicksFromTheSecondStepOn(bool torch)
    {
        var data = new Data(new PprSettings { Period = 1 });
        Dictionary<string, float[]> before = data.Run(torch);
        Dictionary<string, float[]> after = data.Run(torch, disturbed: 5);

        Assert.Equal(Rows(before[Perception], 6, Steps), Rows(after[Perception], 6, Steps));
        Assert.Equal(Rows(before[Prediction], 0, 6), Rows(after[Prediction], 0, 6));
        Assert.NotEqual(Rows(before[Prediction], 6, 7), Rows(after[Prediction], 6, 7));
        Assert.NotEqual(Rows(before[Reaction], 6, 7), Rows(after[Reaction], 6, 7));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PeriodBeyondTheEpisode_PredictionIsAFunctionOfThePhaseAlone(bool torch)
    {
        var data = new Data(new PprSettings { Period = Steps });
        float[] prediction = data.Run(torch)[Prediction];
        float[] other = data.Run(torch, disturbed: 0)[Prediction];

        Assert.Equal(prediction, other);
        for (int t = 0; t < Steps; t++)
        {
            float[] row = Rows(prediction, t, t + 1);
            Assert.All(OfCopy(row, 0).Zip(OfCopy(row, 1)), pair => Assert.Equal(pair.First, pair.Second, torch ? 1e-6 : 0));
            Assert.True(t == 0 || !row.SequenceEqual(Rows(prediction, t - 1, t)));
        }
    }

    /// <summary>What reaction knows of an earlier interval has gone through the slow core: once for each tick between, ⌊t1/τ⌋ − ⌊t0/τ⌋ times.</summary>
    [Theory]
    [InlineData(1, 2, 0)]
    [InlineData(1, 5, 1)]
    [InlineData(3, 12, 3)]
    public void Gradient_AcrossIntervals_PassesTheSlowCoreOncePerTick(int from, int to, int ticks)
    {
        var data = new Data(new PprSettings { Period = Period });
        float through = data.Gradient(from, to, _ => false);
        float withoutEntry = data.Gradient(from, to, name => name.StartsWith("core.slow.input.weight", StringComparison.Ordinal));
        // Without what goes from tick to tick, only what came with the last tick is left.
        float withoutChain = data.Gradient(
            from,
            to,
            name => name.StartsWith("core.slow.hidden.weight", StringComparison.Ordinal),
            closeForgetGate: true
        );

        Assert.Equal(ticks, to / Period - from / Period);
        Assert.True(through > 0);
        Assert.Equal(ticks == 0, withoutEntry > 0);
        Assert.Equal(ticks <= 1, withoutChain > 0);
    }

    [Fact]
    public void Acting_ParametersOfPredictionThatAreNoNumbers_ChangeNothing()
    {
        var data = new Data(new PprSettings { Period = Period });
        float[] expected = data.Act();
        var layout = new ParameterLayout(data.Spec);
        foreach (ParameterSlot slot in layout.Slots.Where(slot => slot.Name.Contains(Prediction, StringComparison.Ordinal)))
        {
            slot.In(data.Parameters.AsSpan()).Fill(float.NaN);
        }

        Assert.Equal(expected, data.Act());
    }

    private static float[] Rows(float[] head, int first, int end)
    {
        int width = head.Length / Steps;
        return head[(first * width)..(end * width)];
    }

    private static float[] OfCopy(float[] rows, int copy)
    {
        const int width = 3; // three actions
        return [.. rows.Where((_, i) => i / width % Copies == copy)];
    }

    /// <summary>A network without an encoder, what it sees, and what its heads say.</summary>
    private sealed class Data
    {
        public const int Units = 6;

        public Data(PprSettings settings)
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
            IProgram program = torch ? TorchExecutor.OnCpu(plan, Parameters, []) : new ManagedProgram(plan, Parameters, []);
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
}

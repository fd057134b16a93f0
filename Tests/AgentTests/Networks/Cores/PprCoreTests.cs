using Agents.Networks;
using Agents.Networks.Cores.PerceptionPredictionReaction;
using Agents.Programs;
using Agents.Programs.Planning;
using Xunit;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>Who sees what, and when, in a perception-prediction-reaction core (Stooke et al. 2020): who is blind stays so to the bit, on both executors.</summary>
public sealed class PprCoreTests
{
    /// <summary>Settings of each option, then whether the reference computes them.</summary>
    public static TheoryData<PprSettings, bool> Options
    {
        get
        {
            var data = new TheoryData<PprSettings, bool>();
            PprSettings usual = new() { Period = Period };
            foreach (
                PprSettings settings in (PprSettings[])
                    [
                        usual,
                        usual with
                        {
                            SlowInput = SlowInput.Mean,
                        },
                        usual with
                        {
                            SlowInput = SlowInput.None,
                        },
                        usual with
                        {
                            SlowSize = 3,
                            ForgetBias = 1,
                        },
                        usual with
                        {
                            ResetPerception = false,
                        },
                        usual with
                        {
                            ResetReaction = false,
                        },
                        usual with
                        {
                            ResetPrediction = false,
                        },
                        usual with
                        {
                            SlowToReaction = false,
                        },
                        usual with
                        {
                            SlowToPrediction = false,
                        },
                        usual with
                        {
                            Period = 1,
                        },
                    ]
            )
            {
                data.Add(settings, false);
                data.Add(settings, true);
            }
            return data;
        }
    }

    private const int Period = 4;
    private const int Steps = PprData.Steps;
    private const int Copies = PprData.Copies;
    private const int Size = PprData.Size;
    private const string Reaction = PprData.Reaction;
    private const string Perception = PprData.Perception;
    private const string Prediction = PprData.Prediction;

    // The third interval of an episode that begins with the sequence has steps 8 to 11.
    private const int Interval = 2 * Period;

    /// <summary>The equations once more, by hand and in double precision.</summary>
    [Theory]
    [MemberData(nameof(Options))]
    public void Run_EveryOption_EqualsTheEquations(PprSettings settings, bool torch)
    {
        var data = new PprData(settings);
        data.Starts[6 * Copies + 1] = true;

        Dictionary<string, float[]> actual = data.Run(torch);

        foreach ((string head, double[] expected) in PprReference.Run(data, settings))
        {
            Assert.All(expected.Zip(actual[head]), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Perception_ObservationBeforeItsInterval_ChangesNothing(bool torch)
    {
        var data = new PprData(new PprSettings { Period = Period });
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
        var data = new PprData(new PprSettings { Period = Period });
        float[] before = data.Run(torch)[Prediction];

        float[] inside = data.Run(torch, disturbed: Interval)[Prediction];
        float[] earlier = data.Run(torch, disturbed: Interval - 1)[Prediction];

        Assert.Equal(Rows(before, 0, Interval + Period), Rows(inside, 0, Interval + Period));
        Assert.NotEqual(Rows(before, Interval + Period, Steps), Rows(inside, Interval + Period, Steps));
        Assert.NotEqual(Rows(before, Interval, Interval + 1), Rows(earlier, Interval, Interval + 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reaction_WithoutTheSlowCore_KnowsItsIntervalAlone(bool torch)
    {
        var linked = new PprData(new PprSettings { Period = Period });
        var alone = new PprData(new PprSettings { Period = Period, SlowToReaction = false });
        var kept = new PprData(
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
        var data = new PprData(new PprSettings { Period = Period });
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
        var data = new PprData(new PprSettings { Period = Period });
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
        var data = new PprData(new PprSettings { Period = Period });
        data.Starts[3 * Copies + 1] = true;
        Dictionary<string, float[]> whole = data.Run(torch: false);
        float[] state = data.StateAfter(first);

        Dictionary<string, float[]> rest = data.RunFrom(torch: false, first, state);

        foreach (string head in whole.Keys)
        {
            Assert.Equal(Rows(whole[head], first, Steps), rest[head]);
        }
        Assert.Equal(6 * PprData.Units + 1, data.Spec.CoreStateSize); // slow, reaction and perception, and the phase
    }

    /// <summary>Within an interval prediction that is computed again and one that is carried are one, and so are their gradients.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sequence_WithinAnInterval_HasTheGradientOfAPredictionThatIsCarried(bool torch)
    {
        const int first = 4;
        var again = new PprData(new PprSettings { Period = 2 * Steps });
        var carried = new PprData(new PprSettings { Period = 2 * Steps, ResetPrediction = false });

        float[] expected = carried.ParameterGradient(torch, first, Prediction);
        float[] actual = again.ParameterGradient(torch, first, Prediction);

        Assert.Equal(expected.Length, actual.Length);
        Assert.Contains(expected, number => Math.Abs(number) > 1e-3);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sequence_EqualsTheStepsOfEveryHead(bool torch)
    {
        var data = new PprData(new PprSettings { Period = Period });
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
        var data = new PprData(new PprSettings { Period = 1 });
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
        var data = new PprData(new PprSettings { Period = Steps });
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
    [InlineData(3, 8, 2)]
    [InlineData(3, 12, 3)]
    public void Gradient_AcrossIntervals_GoesThroughTheSlowCoreFromTickToTick(int from, int to, int ticks)
    {
        var data = new PprData(new PprSettings { Period = Period });
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
    public void Acting_ComputesNothingOfPrediction()
    {
        var data = new PprData(new PprSettings { Period = Period });
        var graph = new NetworkGraph(data.Spec, new Graph(), NetworkForm.Step);

        Assert.False(Knows(graph.Distributions));
        Assert.True(Knows(graph[Prediction]));

        bool Knows(Value output) =>
            Plan.Compile(graph.Graph, [output, graph.CoreState!], null, new PlanOptions(Copies))
                .Slots.Keys.Any(value =>
                    value.Node.Operator is Parameter parameter
                    && parameter.Slot.Name.StartsWith("core.prediction.", StringComparison.Ordinal)
                );
    }

    [Fact]
    public void Acting_ParametersOfPredictionThatAreNoNumbers_ChangeNothing()
    {
        var data = new PprData(new PprSettings { Period = Period });
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
}

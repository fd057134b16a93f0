using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Learners.Composition;
using Learners.Ppo;
using Learners.References;
using Learners.Sources;
using Learners.Stages;
using Learners.Training;
using Protos;
using Xunit;

namespace Tests.LearnerTests.Observations;

/// <summary>A saved policy reads raw unrolls through its own statistics, whoever recorded them.</summary>
public sealed class TeacherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("identity", 1f)]
    [InlineData("lstm", 0.5f)]
    public async Task Evaluate_UnrollsOfAStudent_SaysWhatItWouldSayWhenActing(string core, float scale)
    {
        using SavedPolicy teacher = await Train(core, scale);
        // The student normalises by other statistics, which its unrolls do not show.
        TrainingSettings student = Settings("identity", 1);
        using IUnrollSource source = new TrainingOptions().Step(student, new SeedSequence(9));
        var state = new float[student.Agent.Copies * teacher.CoreStateSize];
        var actingState = new float[state.Length];
        PolicyOutput output = teacher.CreateOutput(student.Agent.Copies);
        var random = new Pcg64(1);
        using var forgetful = new SavedPolicy(teacher.Info, teacher.ActingNetwork.Spec, teacher.Parameters, null);
        bool differs = false;
        for (int version = 0; version < 3; version++)
        {
            source.Publish(RawObservationTests.Parameters(source.Spec, 4), version);
            Unroll unroll = await source.NextAsync(TestContext.Current.CancellationToken);
            int rows = unroll.Rewards.Length;
            var distributions = new float[rows * SizeOf(teacher)];
            var values = new float[rows];
            var without = new float[distributions.Length];
            Evaluate(forgetful, unroll, state.ToArray(), without, []);

            Evaluate(teacher, unroll, state, distributions, values);

            differs |= !without.AsSpan().SequenceEqual(distributions);
            float[] raw = unroll.Observations.Read(unroll.EpisodeStarts);
            int perStep = unroll.Copies * 3;
            for (int t = 0; t < unroll.Steps; t++)
            {
                ReadOnlySpan<bool> starts = unroll.EpisodeStarts.AsSpan(t * unroll.Copies, unroll.Copies);
                teacher.Act(raw.AsSpan(t * perStep, perStep), starts, actingState, teacher.Acting, ref random, output);
                int row = t * unroll.Copies;
                Assert.Equal(output.Values.ToArray(), values.AsSpan(row, unroll.Copies).ToArray());
                Assert.Equal(
                    output.Distributions.ToArray(),
                    distributions.AsSpan(row * SizeOf(teacher), output.Distributions.Length).ToArray()
                );
            }
            Assert.Equal(actingState, state);
        }
        Assert.True(differs, "the statistics made no difference");
    }

    [Fact]
    public async Task Evaluate_UnrollThatItsOwnRunActedIn_GivesTheRecordedLogProbs()
    {
        TrainingSettings settings = Settings("lstm", 1);
        using IUnrollSource source = new TrainingOptions().Step(settings, new SeedSequence(9));
        float[] parameters = RawObservationTests.Parameters(source.Spec, 4);
        for (int version = 0; version < 3; version++)
        {
            source.Publish(parameters, version);
            RunningStatistics published = source.ObservationStatistics!;
            Unroll unroll = await source.NextAsync(TestContext.Current.CancellationToken);
            // What is saved at a publication is what acts until the next one.
            using var saved = new SavedPolicy(
                new PolicyInfo { Agent = "ppo", Environment = "Pendulum-v1" },
                source.Spec,
                parameters,
                published
            );
            saved.Save(_folder.In($"policy{version}"));
            using SavedPolicy loaded = SavedPolicy.Load(_folder.In($"policy{version}"));
            var distributions = new float[unroll.Rewards.Length * SizeOf(loaded)];

            Evaluate(loaded, unroll, [.. unroll.InitialCoreState], distributions, []);

            var logProbs = new float[unroll.Rewards.Length];
            source.Spec.Distribution.LogProbs(distributions, unroll.Actions, logProbs);
            Assert.Equal(unroll.BehaviourLogProbs, logProbs);
        }
    }

    [Fact]
    public async Task Evaluate_UnrollThatItCannotRead_SaysWhy()
    {
        using SavedPolicy teacher = await Train("identity", 1);
        using ReferencePolicy reference = new SavedReferenceSettings { Path = _folder.In("teacher") }.Create(
            new ReferenceContext(
                teacher.ActingNetwork.Spec,
                Settings("identity", 1),
                _ => null,
                new SeedSequence(1),
                "distillation.teacher"
            )
        );
        using var network = new ProgramNetwork(teacher.ActingNetwork.Spec);
        var former = new Unroll(new UnrollShape(2, 1, new ObservationFormat(3), 1, 0));
        former.Header = former.Header with { HasRawObservations = false };
        var batch = new UnrollEvaluator(network);
        batch.Load(former);

        Assert.Contains(
            "distillation.teacher: the unroll holds observations that its own run has scaled or normalised",
            Assert.Throws<InvalidDataException>(() => reference.Evaluate(batch)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Create_PolicyOfOtherSpaces_SaysWhichInOneLine()
    {
        using SavedPolicy teacher = await Train("identity", 1);
        NetworkSpec spec = teacher.ActingNetwork.Spec;
        foreach (
            (NetworkSpec agent, string expected) in ((NetworkSpec, string)[])
                [
                    (
                        spec with
                        {
                            ObservationSpace = new Box(-1, 1, 4),
                        },
                        "reads observations of Box([-1, -1, -8], [1, 1, 8], [3])"
                    ),
                    (spec with { ActionSpace = new Discrete(2) }, "takes actions of Box(-2, 2, [1])"),
                    (
                        spec with
                        {
                            Settings = spec.Settings with { ScaleActions = !spec.ScalesActions },
                        },
                        "Set network.scale_actions="
                    ),
                ]
        )
        {
            var context = new ReferenceContext(
                agent,
                Settings("identity", 1),
                _ => null,
                new SeedSequence(1),
                "default_policy.prior"
            );

            SettingsException exception = Assert.Throws<SettingsException>(() =>
                new SavedReferenceSettings { Path = _folder.In("teacher") }
                    .Create(context)
                    .Dispose()
            );

            Assert.StartsWith("default_policy.prior: the policy in '", exception.Message, StringComparison.Ordinal);
            Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(48, 256, 5, 16, true)] // other goals, which it does not see
    [InlineData(12, 256, 6, 16, false)]
    [InlineData(12, 256, 5, 17, false)]
    public void Require_PartsThatItDoesNotSee_MayBeOthers(int goals, int cells, int actions, int walls, bool fits)
    {
        var saw = new NetworkSpec(new MultiDiscrete(12, 256, 5, 16), new Discrete(4), new NetworkSettings { View = ["2-3"] });
        NetworkSpec run = saw with
        {
            ObservationSpace = new MultiDiscrete(goals, cells, actions, walls),
            Settings = new NetworkSettings(),
        };

        Assert.Equal(fits, Record.Exception(() => ReferenceFit.Require(saw, run, "prior: the policy")) is null);
        Assert.Throws<SettingsException>(() =>
            ReferenceFit.Require(saw with { ObservationSpace = new MultiDiscrete(12, 256, 5, 16, 2) }, run, "prior: the policy")
        );
    }

    [Fact]
    public void Require_BytesThatItNormalises_AreGivenAsTheyAre()
    {
        var agent = new NetworkSpec(
            new Box(0, 255, [6, 6, 2]) { ElementType = ElementType.UInt8 },
            new Discrete(4),
            new NetworkSettings()
        );
        NetworkSpec normalising = agent with
        {
            ObservationSpace = new Box(float.NegativeInfinity, float.PositiveInfinity, 6, 6, 2),
        };

        ReferenceFit.Require(normalising, agent, "teacher: the policy");
        Assert.Throws<SettingsException>(() =>
            ReferenceFit.Require(normalising with { ObservationSpace = new Box(0, 1, 6, 6, 3) }, agent, "teacher: the policy")
        );
    }

    /// <summary>What is said of where actions led to comes from the memory that led there, and from the observation that the episode closed with.</summary>
    [Theory]
    [InlineData("identity")]
    [InlineData("lstm")]
    public async Task Evaluate_WhereActionsLedTo_AreTheEpisodesOwnObservations(string core)
    {
        using SavedPolicy teacher = await Train(core, 1);
        TrainingSettings student = Settings("identity", 1);
        using IUnrollSource source = new TrainingOptions().Step(student, new SeedSequence(9));
        var pass = new SequencePass(teacher.ActingNetwork.Evaluate, teacher.CoreStateSize, SizeOf(teacher), withNext: true);
        var state = new float[student.Agent.Copies * teacher.CoreStateSize];
        var stepping = new float[state.Length];
        int ends = 0;
        for (int version = 0; version < 14; version++) // episodes of 200 steps end in the thirteenth unroll of 16
        {
            source.Publish(RawObservationTests.Parameters(source.Spec, 4), version);
            Unroll unroll = await source.NextAsync(TestContext.Current.CancellationToken);
            (float[] raw, float[] finals) = Raw(unroll);
            pass.Run(unroll, raw, finals, state);
            int copies = unroll.Copies;
            int size = raw.Length / copies / (unroll.Steps + 1);
            for (int t = 0; t < unroll.Steps; t++)
            {
                Say(
                    stepping,
                    raw.AsSpan(t * copies * size, copies * size),
                    unroll.EpisodeStarts.AsSpan(t * copies, copies),
                    out _,
                    out _
                );
                for (int b = 0; b < copies; b++)
                {
                    int row = t * copies + b;
                    int final = unroll.FinalRows.ToList().IndexOf(row);
                    ReadOnlySpan<float> next =
                        final >= 0 ? finals.AsSpan(final * size, size) : raw.AsSpan((row + copies) * size, size);
                    float[] one = stepping.AsSpan(b * teacher.CoreStateSize, teacher.CoreStateSize).ToArray();
                    Say(one, next, [false], out float[] distribution, out float value);
                    Assert.Equal(distribution, pass.NextDistributions.AsSpan(row * SizeOf(teacher), SizeOf(teacher)).ToArray());
                    Assert.Equal(value, pass.NextValues[row]);
                    ends += final >= 0 ? 1 : 0;
                }
            }
        }
        Assert.Equal(student.Agent.Copies, ends);
        Assert.Equal(stepping, state);

        void Say(
            float[] memory,
            ReadOnlySpan<float> observations,
            ReadOnlySpan<bool> starts,
            out float[] distributions,
            out float value
        )
        {
            distributions = new float[starts.Length * SizeOf(teacher)];
            var values = new float[starts.Length];
            teacher.ActingNetwork.Evaluate(1, observations, starts, memory, distributions, values);
            value = values[0];
        }
    }

    private static int SizeOf(SavedPolicy policy) => policy.ActingNetwork.Spec.DistributionSize;

    private static (float[] Observations, float[] Finals) Raw(Unroll unroll)
    {
        int size = unroll.Shape.Observations.ObservationSize;
        var finals = new float[unroll.FinalRows.Count * size];
        for (int i = 0; i < unroll.FinalRows.Count; i++)
        {
            unroll.ReadFinalObservation(i, finals.AsSpan(i * size, size));
        }
        return (unroll.Observations.Read(unroll.EpisodeStarts), finals);
    }

    // As a teacher is asked while another policy learns.
    private static void Evaluate(SavedPolicy policy, Unroll unroll, float[] state, Span<float> distributions, Span<float> values)
    {
        var pass = new SequencePass(policy.ActingNetwork.Evaluate, policy.CoreStateSize, SizeOf(policy), withNext: false);
        (float[] raw, float[] finals) = Raw(unroll);
        pass.Run(unroll, raw, finals, state);
        pass.Distributions.AsSpan(0, distributions.Length).CopyTo(distributions);
        pass.Values.AsSpan(0, values.Length).CopyTo(values);
    }

    private async Task<SavedPolicy> Train(string core, float scale)
    {
        TrainingResult result = await Trainer.TrainAsync(
            Settings(core, scale),
            new TrainingOptions { OutputFolder = _folder.In("teacher") },
            TestContext.Current.CancellationToken
        );
        return SavedPolicy.Load(result.PolicyFolder);
    }

    private static TrainingSettings Settings(string core, float scale) =>
        new()
        {
            Environment = "Pendulum-v1",
            TotalSteps = 512,
            Agent = new PpoSettings
            {
                Copies = 4,
                UnrollLength = 16,
                Minibatches = 1,
                Epochs = 2,
            },
            Network = new()
            {
                HiddenSizes = [16],
                Core = core,
                CoreSize = 8,
            },
            Wrappers = new WrapperSettings { NormalizeObservations = true, ObservationScale = scale },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };
}

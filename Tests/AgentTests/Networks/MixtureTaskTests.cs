using Agents.Networks;
using Environments.Spaces;
using Learners.Engines;
using Learners.Objectives;
using Tests.LearnerTests.Engines;
using Xunit;

namespace Tests.AgentTests.Networks;

/// <summary>A policy for each task: of its head an observation gets the outputs of its own task, and teaches no other's.</summary>
public sealed class MixtureTaskTests : IDisposable
{
    private const int Tasks = 3;
    private const int Actions = 2;
    private const string Policy = "actor.stages.0.head";
    private const string Value = "critic.stages.0.head";

    private readonly NetworkSpec _spec = new(
        new Dict(
            KeyValuePair.Create<string, Space>("speed", new Box(-1, 1, 2)),
            KeyValuePair.Create<string, Space>("task", new Discrete(Tasks))
        ),
        new Discrete(Actions),
        new NetworkSettings
        {
            HiddenSizes = [6],
            SharedTrunk = true,
            Mixture = new MixtureSettings { Stages = [new StageSettings { Task = "task" }], SharedValue = false },
        }
    );
    private readonly ParameterLayout _layout;
    private readonly IGradientEngine _engine;

    public MixtureTaskTests()
    {
        _layout = new ParameterLayout(_spec);
        _engine = GradientEngines.Create(EngineKind.Managed, _spec, GradientEngineContractTests.Parameters(_spec));
        _layout[MixturePlan.Alpha].In(_engine.Parameters)[0] = 0;
    }

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Unroll_OfATask_GivesThatTasksPolicyAndValue()
    {
        float[] says = [0.9f, 0.1f, 0.2f, 0.8f, 0.5f, 0.5f]; // task by task
        foreach (string head in (string[])[Policy, Value])
        {
            _layout[head + ".weight"].In(_engine.Parameters).Clear();
        }
        says.Select(probability => MathF.Log(probability)).ToArray().CopyTo(_layout[Policy + ".bias"].In(_engine.Parameters));
        ((float[])[10, 20, 30]).CopyTo(_layout[Value + ".bias"].In(_engine.Parameters));
        _engine.ParametersChanged();

        for (int task = 0; task < Tasks; task++)
        {
            var distributions = new float[Actions];
            var value = new float[1];
            _engine.Network.Unroll(1, Observation(task, 0.4f), [true], [], distributions, value);

            for (int action = 0; action < Actions; action++)
            {
                Assert.Equal(says[task * Actions + action], MathF.Exp(distributions[action]), 1e-5);
            }
            Assert.Equal(10 * (task + 1), value[0], 1e-4);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Backward_SamplesOfOneTask_MoveNoOtherTasksHead(int task)
    {
        const int Samples = 8;
        _engine.ParametersChanged();
        SampleBatch batch = GradientEngineContractTests.Batch(_spec, _engine, Samples);
        for (int i = 0; i < Samples; i++)
        {
            float[] observation = Observation(task, 0.1f * i);
            observation.CopyTo(batch.Observations, i * _spec.ObservationSize);
            _spec.Plan.Features.EncodeRows(observation, batch.Features.AsSpan(i * _spec.FeatureSize, _spec.FeatureSize));
        }
        _engine.Use([new FirstActionAndValue()]);

        _engine.Backward(batch, 0, new double[1], new float[Samples]);

        foreach ((string head, int width) in ((string, int)[])[(Policy, Actions), (Value, 1)])
        {
            float[] gradient = _layout[head + ".bias"].In(_engine.Gradient).ToArray();
            for (int i = 0; i < gradient.Length; i++)
            {
                Assert.Equal(i / width == task, gradient[i] != 0);
            }
        }
    }

    private static float[] Observation(int task, float speed) => [speed, -0.3f, task];

    private sealed class FirstActionAndValue : Objective
    {
        public override string Name => "first_action_and_value";

        public override Agents.Programs.Value Loss(NetworkEvaluation evaluation) =>
            evaluation.Distributions.Slice(0, 1).Mean() + evaluation.Values.Mean();
    }
}

using Agents.Networks;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Objectives;
using Learners.Ppo;
using Xunit;

namespace Tests.LearnerTests.ActorCritic;

/// <summary>Published losses and gradients of single samples.</summary>
public sealed class ObjectiveTests
{
    [Theory]
    [InlineData(1f, 1.5f, -1.2f, false)]
    [InlineData(-1f, 1.5f, 1.5f, true)]
    [InlineData(1f, 0.5f, -0.5f, true)]
    [InlineData(-1f, 0.5f, 0.8f, false)]
    public void ClippedSurrogate_KnownRatio_HasThePublishedLossAndGradient(
        float advantage,
        float ratio,
        float loss,
        bool hasGradient
    )
    {
        var sample = new Sample { Advantage = advantage, LogProb = MathF.Log(ratio) };

        (double value, float logProbGradient, _, _) = Evaluate(
            new ClippedSurrogateObjective(new PpoSettings().ClipRangeAt),
            sample
        );

        Assert.Equal(loss, value, 1e-5);
        Assert.Equal(hasGradient ? -advantage * ratio : 0, logProbGradient, 1e-5);
    }

    [Fact]
    public void ClippedSurrogate_LinearSchedule_NarrowsTheClipRange()
    {
        var objective = new ClippedSurrogateObjective(
            new PpoSettings { ClipRange = 0.4f, ClipRangeSchedule = ScheduleKind.Linear }.ClipRangeAt
        );
        var sample = new Sample { Advantage = 1, LogProb = MathF.Log(2) };

        Assert.Equal(-1.4, Evaluate(objective, sample).Loss, 1e-5);
        Assert.Equal(-1.1, Evaluate(objective, sample, progress: 0.75).Loss, 1e-5);
    }

    [Theory]
    [InlineData(true, 1.5f, 0.32f, 0f)] // 0.5 × (1.2 − 2)²: the clipped value's error is the larger one
    [InlineData(false, 1.5f, 0.125f, -0.25f)] // 0.5 × (1.5 − 2)², and half its derivative
    [InlineData(true, 1.1f, 0.405f, -0.45f)] // within the range: 0.5 × (1.1 − 2)²
    [InlineData(true, 3f, 0.5f, 0.5f)] // far on the other side: the free error is the larger one
    public void ClippedValue_TargetTwoAndOldValueOne_TakesTheLargerError(bool clip, float value, float loss, float gradient)
    {
        var objective = new ClippedValueObjective(new PpoSettings { ClipValue = clip, ValueCoefficient = 0.5f });

        (double actual, _, _, float valueGradient) = Evaluate(
            objective,
            new Sample
            {
                Value = value,
                Return = 2,
                OldValue = 1,
            }
        );

        Assert.Equal(loss, actual, 1e-6);
        Assert.Equal(gradient, valueGradient, 1e-6);
    }

    [Fact]
    public void PolicyGradient_IsMinusAdvantageTimesLogProb()
    {
        (double loss, float gradient, _, _) = Evaluate(
            new PolicyGradientObjective(),
            new Sample { Advantage = 3, LogProb = -0.5f }
        );

        Assert.Equal(1.5, loss, 1e-6);
        Assert.Equal(-3, gradient, 1e-6);
    }

    [Fact]
    public void ValueAndEntropy_HaveTheirWeightsAndSigns()
    {
        (double valueLoss, _, _, float valueGradient) = Evaluate(new ValueObjective(0.5f), new Sample { Value = 1, Return = 4 });
        (double entropy, _, float entropyGradient, _) = Evaluate(new EntropyObjective(0.01f), new Sample { Entropy = 0.7f });

        Assert.Equal(9, valueLoss, 1e-6);
        Assert.Equal(-3, valueGradient, 1e-6);
        Assert.Equal(0.7, entropy, 1e-6);
        Assert.Equal(-0.01f, entropyGradient, 1e-8);
    }

    /// <summary>Loss and weighted gradients of one sample.</summary>
    private static (double Loss, float LogProb, float Entropy, float Value) Evaluate(
        Objective objective,
        Sample sample,
        double progress = 0
    )
    {
        var spec = new NetworkSpec(new Box(-1, 1, 1), new Discrete(2), new NetworkSettings { HiddenSizes = [] });
        var graph = new Graph();
        Value logProb = graph.Input("log_prob", 1);
        Value entropy = graph.Input("entropy", 1);
        Value value = graph.Input("value", 1);
        var evaluation = new NetworkEvaluation(spec, graph.Input("distributions", 2), value, logProb, entropy);
        Value loss = objective.Loss(evaluation);
        Value[] outputs = [logProb, entropy, value];
        Gradients gradients = graph.Differentiate([(objective.Weight(evaluation) * loss, null)], outputs);
        Value[] results = [loss, .. outputs.Select(output => gradients[output] ?? graph.Zeros(output.Shape))];
        var program = new ManagedProgram(Plan.Compile(graph, results, null, new PlanOptions(1)), [], []);
        float[] numbers = [sample.LogProb, sample.Entropy, sample.Value];
        for (int i = 0; i < outputs.Length; i++)
        {
            program.Bind(outputs[i], new float[] { numbers[i] });
        }
        foreach ((Column column, Value input) in evaluation.Columns)
        {
            float[] number =
                column == Column.Advantages ? [sample.Advantage]
                : column == Column.Returns ? [sample.Return]
                : column == Column.OldValues ? [sample.OldValue]
                : [0];
            program.Bind(input, number);
        }
        evaluation.Advance(progress, program.Set);
        program.Run(1);
        return (program[loss][0], program[results[1]][0], program[results[2]][0], program[results[3]][0]);
    }

    private sealed record Sample
    {
        public float LogProb { get; init; }
        public float Entropy { get; init; }
        public float Value { get; init; }
        public float Advantage { get; init; }
        public float Return { get; init; }
        public float OldValue { get; init; }
    }
}

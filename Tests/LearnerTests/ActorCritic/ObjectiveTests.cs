using Agents.Networks;
using Environments.Spaces;
using Learners.A2c;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Ppo;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Tests.LearnerTests.ActorCritic;

/// <summary>Published losses and gradients of single samples, in both forms of every objective.</summary>
public sealed class ObjectiveTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

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

    /// <summary>Loss and weighted gradients of one sample, after both forms were found to agree.</summary>
    private static (double Loss, float LogProb, float Entropy, float Value) Evaluate(
        IObjective objective,
        Sample sample,
        double progress = 0
    )
    {
        var spec = new NetworkSpec(new Box(-1, 1, 1), new Discrete(2), new NetworkSettings { HiddenSizes = [] });
        var batch = new Minibatch(spec, 1);
        batch.Advantages[0] = sample.Advantage;
        batch.Returns[0] = sample.Return;
        batch.OldValues[0] = sample.OldValue;
        using var tensors = new TensorMinibatch(batch, spec);
        Tensor[] outputs = [Leaf(sample.LogProb), Leaf(sample.Entropy), Leaf(sample.Value)];
        Tensor loss = objective.Loss(tensors, new NetworkEvaluation(outputs[0], outputs[1], outputs[2]), progress);
        loss.Times(objective.Weight).backward();

        var gradients = new float[3];
        double plain = objective.AddGradient(
            new SampleBlock
            {
                Total = 1,
                BehaviourLogProbs = batch.BehaviourLogProbs,
                Advantages = batch.Advantages,
                Returns = batch.Returns,
                OldValues = batch.OldValues,
                LogProbs = [sample.LogProb],
                Entropies = [sample.Entropy],
                Values = [sample.Value],
                LogProbGradients = gradients.AsSpan(0, 1),
                EntropyGradients = gradients.AsSpan(1, 1),
                ValueGradients = gradients.AsSpan(2, 1),
            },
            progress
        );

        Assert.Equal(loss.item<float>(), plain, 1e-5);
        for (int i = 0; i < 3; i++)
        {
            Tensor? gradient = outputs[i].grad;
            Assert.Equal(gradient is null || gradient.IsInvalid ? 0 : gradient.item<float>(), gradients[i], 1e-5);
        }
        return (plain, gradients[0], gradients[1], gradients[2]);

        static Tensor Leaf(float value) => tensor(value).view(1).requires_grad_();
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

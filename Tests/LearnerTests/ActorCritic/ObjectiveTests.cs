using Agents.Networks;
using Environments.Randomness;
using Environments.Spaces;
using Learners.A2c;
using Learners.ActorCritic;
using Learners.Ppo;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Tests.LearnerTests.ActorCritic;

public sealed class ObjectiveTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TorchActorCritic _network;

    public ObjectiveTests()
    {
        var spec = new NetworkSpec(new Box(-1, 1, 1), new Discrete(2), new NetworkSettings { HiddenSizes = [] });
        var random = new Pcg64(1);
        _network = new TorchActorCritic(spec, ParameterInitializer.Create(new ParameterLayout(spec), ref random));
    }

    public void Dispose()
    {
        _network.Dispose();
        _scope.Dispose();
    }

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
        using Minibatch batch = Batch(logProb: 0, advantage: advantage);
        Tensor logProbs = tensor(MathF.Log(ratio)).view(1).requires_grad_();
        Tensor zero = zeros(1);

        Tensor result = new ClippedSurrogateObjective(new PpoSettings()).Loss(
            batch,
            new NetworkEvaluation(logProbs, zero, zero),
            0
        );
        result.backward();

        Assert.Equal(loss, result.ToSingle(), 1e-5);
        Assert.Equal(hasGradient, logProbs.grad!.ToSingle() != 0);
    }

    [Fact]
    public void ClippedSurrogate_LinearSchedule_NarrowsTheClipRange()
    {
        using Minibatch batch = Batch(logProb: 0, advantage: 1);
        var objective = new ClippedSurrogateObjective(
            new PpoSettings { ClipRange = 0.4f, ClipRangeSchedule = ScheduleKind.Linear }
        );
        var evaluation = new NetworkEvaluation(tensor(MathF.Log(2f)).view(1), zeros(1), zeros(1));

        Assert.Equal(-1.4f, objective.Loss(batch, evaluation, 0).ToSingle(), 1e-5);
        Assert.Equal(-1.1f, objective.Loss(batch, evaluation, 0.75).ToSingle(), 1e-5);
    }

    [Theory]
    [InlineData(true, 0.32f)] // 0.5 × (1.2 − 2)²: the clipped value's error is the larger one
    [InlineData(false, 0.125f)] // 0.5 × (1.5 − 2)²
    public void ClippedValue_ValueFarFromItsOldOne_TakesTheLargerError(bool clip, float expected)
    {
        using Minibatch batch = Batch(returns: 2, oldValue: 1);
        var evaluation = new NetworkEvaluation(zeros(1), zeros(1), tensor(1.5f).view(1));

        float loss = new ClippedValueObjective(new PpoSettings { ClipValue = clip }).Loss(batch, evaluation, 0).ToSingle();

        Assert.Equal(expected, loss, 1e-6);
    }

    [Fact]
    public void PolicyGradient_IsMinusAdvantageTimesLogProb()
    {
        using Minibatch batch = Batch(advantage: 3);

        float loss = new PolicyGradientObjective()
            .Loss(batch, new NetworkEvaluation(tensor(-0.5f).view(1), zeros(1), zeros(1)), 0)
            .ToSingle();

        Assert.Equal(1.5f, loss, 1e-6);
    }

    private Minibatch Batch(float logProb = 0, float advantage = 0, float returns = 0, float oldValue = 0)
    {
        var batch = new Minibatch(_network, 1);
        using (no_grad())
        {
            batch.BehaviourLogProbs.fill_(logProb);
            batch.Advantages.fill_(advantage);
            batch.Returns.fill_(returns);
            batch.OldValues.fill_(oldValue);
        }
        return batch;
    }
}

using Learners.Returns;
using Xunit;

namespace Tests.LearnerTests.Returns;

public sealed class NStepReturnsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    public void Estimate_RandomRollout_EqualsNaiveSums(int batch)
    {
        var rollout = new RandomRollout(steps: 40, batch, seed: 21);

        Near.Equal(Naive(rollout, 0.99), rollout.Returns(0.99f));
    }

    [Fact]
    public void Estimate_ThreeSteps_EqualsClosedForm()
    {
        var returns = new float[3];

        NStepReturns.Estimate([1, 2, 3], [.9f, .9f, .9f], [1, 1, 1], [.6f, .7f, 4], returns, batch: 1);

        Near.Equal([8.146, 7.94, 6.6], returns, 1e-6);
    }

    [Fact]
    public void Estimate_LambdaBetween_MixesReturnAndValue()
    {
        var returns = new float[2];

        NStepReturns.Estimate([1, 2], [.5f, .5f], [.25f, .25f], [8, 4], returns, batch: 1);

        Near.Equal([1 + .5 * (.25 * 4 + .75 * 8), 4], returns, 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Estimate_OneArrayOfAnotherLength_Throws(int wrong)
    {
        float[][] arrays = [.. Enumerable.Range(0, 5).Select(i => new float[i == wrong ? 9 : 6])];

        Assert.Throws<ArgumentException>(() =>
            NStepReturns.Estimate(arrays[0], arrays[1], arrays[2], arrays[3], arrays[4], batch: 3)
        );
    }

    [Fact]
    public void Estimate_NoWholeSteps_Throws()
    {
        float[] six = new float[6];

        Assert.Throws<ArgumentException>(() => NStepReturns.Estimate(six, six, six, six, six, batch: 4));
    }

    // R_t = Σ_l γ^l r_{t+l} to the last step of the episode or the unroll, plus γ^n V there unless the task ended.
    private static double[] Naive(RandomRollout rollout, double discountFactor)
    {
        var returns = new double[rollout.Rewards.Length];
        for (int start = 0; start < returns.Length; start++)
        {
            double weight = 1;
            for (int i = start; i < returns.Length; i += rollout.Batch)
            {
                returns[start] += weight * rollout.Rewards[i];
                weight *= discountFactor;
                if (rollout.EndsAt(i) || i + rollout.Batch >= returns.Length)
                {
                    returns[start] += rollout.Terminated[i] ? 0 : weight * rollout.NextValues[i];
                    break;
                }
            }
        }
        return returns;
    }
}

using Learners.Returns;
using Xunit;

namespace Tests.LearnerTests.Returns;

public sealed class GeneralizedAdvantageTests
{
    [Fact]
    public void Estimate_LambdaZeroOfThreeSteps_EqualsClosedForm()
    {
        var advantages = new float[3];

        GeneralizedAdvantage.Estimate(
            [1, 2, 3],
            [.9f, .9f, .9f],
            [0, 0, 0],
            [.5f, .6f, .7f],
            [.6f, .7f, 4],
            advantages,
            batch: 1
        );

        Near.Equal([1.04, 2.03, 5.9], advantages, 1e-6);
    }

    [Theory]
    [InlineData(-1, new[] { 2.81091505, 1.9307975, 0.995 })]
    [InlineData(1, new[] { 1.46525, 0.5, 0.995 })]
    public void Estimate_ThreeSteps_EqualsClosedForm(int endsAfter, double[] expected)
    {
        var terminated = new bool[3];
        if (endsAfter >= 0)
        {
            terminated[endsAfter] = true;
        }

        Near.Equal(expected, Estimate([1, 1, 1], [.5f, .5f, .5f], [.5f, .5f, .5f], terminated, new bool[3]), 1e-6);
    }

    [Fact]
    public void Estimate_TruncatedLastStep_UsesTheValueOfTheFinalObservation()
    {
        float[] advantages = Estimate([1, 7], [5, 100], [10, 100], new bool[2], [true, false]);

        Assert.Equal(5.9f, advantages[0], 1e-5f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    public void Estimate_RandomRollout_EqualsNaiveSums(int batch)
    {
        var rollout = new RandomRollout(steps: 40, batch, seed: 11);

        Near.Equal(NaiveAdvantages(rollout, 0.99, 0.95), rollout.Advantages(0.99f, 0.95f));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    public void Estimate_LambdaOne_PlusValueEqualsNStepReturns(int batch)
    {
        var rollout = new RandomRollout(steps: 40, batch, seed: 12);

        float[] advantages = rollout.Advantages(0.99f, 1);

        Near.Equal([.. rollout.Returns(0.99f)], [.. advantages.Zip(rollout.Values, (advantage, value) => advantage + value)]);
    }

    [Fact]
    public void Estimate_LambdaZero_IsTheOneStepError()
    {
        var rollout = new RandomRollout(steps: 10, batch: 19, seed: 13);

        float[] advantages = rollout.Advantages(0.9f, 0);

        for (int i = 0; i < advantages.Length; i++)
        {
            double next = rollout.Terminated[i] ? 0 : 0.9 * rollout.NextValues[i];
            Assert.Equal(rollout.Rewards[i] + next - rollout.Values[i], advantages[i], 1e-5);
        }
    }

    [Fact]
    public void Estimate_AnotherEpisodeAfterTruncation_LeavesEarlierStepsBitForBitTheSame()
    {
        const int batch = 19;
        const int cut = 4;
        RandomRollout first = CutAfter(new RandomRollout(steps: 10, batch, seed: 14), cut);
        RandomRollout second = CutAfter(new RandomRollout(steps: 10, batch, seed: 14), cut);
        for (int i = (cut + 1) * batch; i < second.Rewards.Length; i++)
        {
            second.Rewards[i] += 1_000;
            second.Values[i] -= 500;
            second.NextValues[i] += 300;
        }

        Assert.Equal(
            first.Advantages(0.99f, 0.95f)[..((cut + 1) * batch)],
            second.Advantages(0.99f, 0.95f)[..((cut + 1) * batch)]
        );
        Assert.Equal(first.Returns(0.99f)[..((cut + 1) * batch)], second.Returns(0.99f)[..((cut + 1) * batch)]);
        Assert.NotEqual(first.Returns(0.99f), second.Returns(0.99f));

        static RandomRollout CutAfter(RandomRollout rollout, int step)
        {
            rollout.Truncated.AsSpan(step * batch, batch).Fill(true);
            rollout.Terminated.AsSpan(step * batch, batch).Clear();
            return rollout;
        }
    }

    [Fact]
    public void Estimate_NoSteps_DoesNothing() => GeneralizedAdvantage.Estimate([], [], [], [], [], Span<float>.Empty, batch: 4);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Estimate_OneArrayOfAnotherLength_Throws(int wrong)
    {
        float[][] arrays = [.. Enumerable.Range(0, 6).Select(i => new float[i == wrong ? 9 : 6])];

        Assert.Throws<ArgumentException>(() =>
            GeneralizedAdvantage.Estimate(arrays[0], arrays[1], arrays[2], arrays[3], arrays[4], arrays[5], batch: 3)
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(4)]
    public void Estimate_NoWholeSteps_Throws(int batch)
    {
        float[] six = new float[6];

        Assert.Throws<ArgumentException>(() => GeneralizedAdvantage.Estimate(six, six, six, six, six, six, batch));
    }

    private static float[] Estimate(float[] rewards, float[] values, float[] nextValues, bool[] terminated, bool[] truncated)
    {
        var discounts = new float[rewards.Length];
        var lambdas = new float[rewards.Length];
        var advantages = new float[rewards.Length];
        EpisodeBoundaries.Fill(terminated, truncated, 0.99f, 0.95f, discounts, lambdas);
        GeneralizedAdvantage.Estimate(rewards, discounts, lambdas, values, nextValues, advantages, batch: 1);
        return advantages;
    }

    // A_t = Σ_l (γλ)^l δ_{t+l} up to the end of the episode or the unroll.
    private static double[] NaiveAdvantages(RandomRollout rollout, double discountFactor, double lambda)
    {
        var advantages = new double[rollout.Rewards.Length];
        for (int start = 0; start < advantages.Length; start++)
        {
            double weight = 1;
            for (int i = start; i < advantages.Length; i += rollout.Batch)
            {
                double next = rollout.Terminated[i] ? 0 : rollout.NextValues[i];
                advantages[start] += weight * (rollout.Rewards[i] + discountFactor * next - rollout.Values[i]);
                weight *= discountFactor * lambda;
                if (rollout.EndsAt(i))
                {
                    break;
                }
            }
        }
        return advantages;
    }
}

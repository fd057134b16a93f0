using Environments.Randomness;
using Learners.Returns;
using Xunit;

namespace Tests.LearnerTests.Returns;

public sealed class VTraceTests
{
    // Of the tabular task: by state and action; action a leads to state a.
    private static readonly double[][] Reward =
    [
        [0, 1],
        [2, 0],
    ];
    private static readonly double[][] Target =
    [
        [0.2, 0.8],
        [0.7, 0.3],
    ];

    [Theory]
    [InlineData(new[] { 1.0, 1, 1 }, -1, new[] { 8.146, 7.94, 6.6 }, new[] { 7.646, 7.34, 5.9 })]
    [InlineData(new[] { 0.5, 2, 1 }, -1, new[] { 4.323, 7.94, 6.6 }, new[] { 3.823, 7.34, 5.9 })]
    [InlineData(new[] { 0.5, 2, 1 }, 1, new[] { 1.65, 2.0, 6.6 }, new[] { 1.15, 1.4, 5.9 })]
    public void Estimate_ThreeSteps_EqualsClosedForm(double[] ratios, int endsAfter, double[] targets, double[] advantages)
    {
        float[] discounts = [.9f, .9f, .9f];
        float[] lambdas = [1, 1, 1];
        if (endsAfter >= 0)
        {
            (discounts[endsAfter], lambdas[endsAfter]) = (0, 0);
        }
        float[] logRatios = [.. ratios.Select(ratio => (float)Math.Log(ratio))];
        var foundTargets = new float[3];
        var foundAdvantages = new float[3];

        VTrace.Estimate(
            logRatios,
            [1, 2, 3],
            discounts,
            lambdas,
            [.5f, .6f, .7f],
            [.6f, .7f, 4],
            foundTargets,
            foundAdvantages,
            batch: 1,
            lambda: 1,
            new VTraceClips()
        );

        Near.Equal(targets, foundTargets, 1e-6);
        Near.Equal(advantages, foundAdvantages, 1e-6);
    }

    // v_1 = 2 + 0.9 · 0.7 = 2.63, so that the first action's advantage is 1 + 0.9 · 2.63 − 0.5, and not the one-step 1 + 0.9 · 0.6 − 0.5.
    [Theory]
    [InlineData(0f)]
    [InlineData(1e-6f)]
    public void Estimate_LambdaZeroOrAlmost_LooksTwoRewardsAheadInTheAdvantage(float lambda)
    {
        var targets = new float[3];
        var advantages = new float[3];

        VTrace.Estimate(
            [0, 0, 0],
            [1, 2, 3],
            [.9f, .9f, .9f],
            [1, 1, 1],
            [.5f, .6f, .7f],
            [.6f, .7f, 4],
            targets,
            advantages,
            batch: 1,
            lambda,
            new VTraceClips()
        );

        Near.Equal([1.54, 2.63, 6.6], targets, 1e-5);
        Near.Equal([2.867, 7.34, 5.9], advantages, 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    public void Estimate_RandomRollout_EqualsNaiveSums(int batch)
    {
        var rollout = new RandomRollout(steps: 40, batch, seed: 31);
        var clips = new VTraceClips(Rho: 1.4f, C: 1.1f, PolicyGradientRho: 0.8f);
        (double[] targets, double[] advantages) = Naive(rollout, 0.99, 0.9, 1.4, 1.1, 0.8);

        (float[] foundTargets, float[] foundAdvantages) = rollout.Corrected(0.99f, 0.9f, rollout.LogRatios, clips);

        Near.Equal(targets, foundTargets);
        Near.Equal(advantages, foundAdvantages);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    public void Estimate_OnPolicy_TargetsEqualNStepReturns(int batch)
    {
        var rollout = new RandomRollout(steps: 40, batch, seed: 32);

        (float[] targets, float[] _) = rollout.Corrected(0.99f, 1, new float[rollout.Rewards.Length], new VTraceClips());

        Near.Equal([.. rollout.Returns(0.99f)], targets);
    }

    [Fact]
    public void Estimate_OnPolicyWithLambda_TargetsMinusValueEqualGeneralizedAdvantages()
    {
        var rollout = new RandomRollout(steps: 40, batch: 16, seed: 33);

        (float[] targets, float[] _) = rollout.Corrected(0.99f, 0.95f, new float[rollout.Rewards.Length], new VTraceClips());

        Near.Equal([.. rollout.Advantages(0.99f, 0.95f)], [.. targets.Zip(rollout.Values, (target, value) => target - value)]);
    }

    [Fact]
    public void Estimate_LambdaZero_TargetsAreOneStep()
    {
        var rollout = new RandomRollout(steps: 10, batch: 3, seed: 34);

        (float[] targets, float[] _) = rollout.Corrected(0.9f, 0, new float[30], new VTraceClips());

        for (int i = 0; i < targets.Length; i++)
        {
            double next = rollout.Terminated[i] ? 0 : 0.9 * rollout.NextValues[i];
            Assert.Equal(rollout.Rewards[i] + next, targets[i], 1e-5);
        }
    }

    [Fact]
    public void Estimate_TruncationBetweenTwoTrajectories_UsesNoValueOfTheNextEpisode()
    {
        float[] values = [1, 1, 100, 100];
        var rewards = new float[4];
        var discounts = new float[4];
        var lambdas = new float[4];
        var targets = new float[4];
        var advantages = new float[4];
        EpisodeBoundaries.Fill(new bool[4], [false, true, false, false], 1, 1, discounts, lambdas);

        VTrace.Estimate(
            new float[4],
            rewards,
            discounts,
            lambdas,
            values,
            [1, 1, 100, 100],
            targets,
            advantages,
            1,
            1,
            new VTraceClips()
        );

        Assert.Equal(new float[4], advantages);
        Assert.Equal(values, targets);
    }

    [Theory]
    [InlineData(69f)] // a behaviour probability of 1e-30
    [InlineData(1e4f)] // whose exponential overflows
    [InlineData(-1e4f)]
    public void Estimate_ExtremeRatio_StaysFinite(float logRatio)
    {
        var rollout = new RandomRollout(steps: 10, batch: 3, seed: 35);
        float[] logRatios = [.. rollout.LogRatios];
        logRatios[7] = logRatio;

        (float[] targets, float[] advantages) = rollout.Corrected(0.99f, 1, logRatios, new VTraceClips());

        Assert.All(targets, value => Assert.True(float.IsFinite(value)));
        Assert.All(advantages, value => Assert.True(float.IsFinite(value)));
    }

    // Two states, action a leads to state a; the expectation runs over all action sequences of a uniform behaviour.
    [Theory]
    [InlineData(1, 1f, 0.5, 1.0)]
    [InlineData(2, 1f, 1.04, 1.495)]
    [InlineData(3, 1f, 1.35995, 1.87165)]
    [InlineData(5, 1f, 1.738461, 2.285842)]
    [InlineData(2, 0.5f, 0.815, 1.3375)]
    [InlineData(3, 0.5f, 0.947638, 1.484313)]
    [InlineData(5, 0.5f, 1.028936, 1.574140)]
    public void Estimate_TabularTask_ExpectedOperatorOnceEqualsReference(int steps, float c, double first, double second)
    {
        float[] updated = ExpectedTargets(steps, [0, 0], new VTraceClips(Rho: 1, C: c));

        Near.Equal([first, second], updated, 1e-6);
    }

    [Theory]
    [InlineData(1f, 1f, 9.781122, 10.191518)]
    [InlineData(1f, 0.5f, 9.781122, 10.191518)] // c̄ changes the speed, not the fixed point
    [InlineData(1.2f, 1f, 10.363636, 10.787879)]
    [InlineData(1.6f, 1f, 10.979310, 11.393103)] // the greatest ratio: the target policy's own value
    public void Estimate_TabularTask_FixedPointEqualsReference(float rho, float c, double first, double second)
    {
        float[] values = [0, 0];
        for (int i = 0; i < 200; i++)
        {
            values = ExpectedTargets(steps: 5, values, new VTraceClips(rho, c));
        }

        Near.Equal([first, second], values, 1e-5);
    }

    // Averages of the iterates, since a step of 0.02 keeps the last one trembling; a fixed seed makes the bounds exact.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Estimate_SampledTabularTask_LearnsTheFixedPointOfTheClippedPolicy(ulong seed)
    {
        const int Steps = 5;
        const int Unrolls = 40_000;
        var random = new Pcg64(seed);
        float[] values = [0, 0];
        double[] averages = [0, 0];
        var (logRatios, rewards, current, next) = (new float[Steps], new float[Steps], new float[Steps], new float[Steps]);
        float[] discounts = [.9f, .9f, .9f, .9f, .9f];
        float[] lambdas = [1, 1, 1, 1, 1];
        var targets = new float[Steps];
        var states = new int[Steps];
        int state = 0;
        for (int unroll = 0; unroll < Unrolls; unroll++)
        {
            for (int t = 0; t < Steps; t++)
            {
                int action = random.NextInt(0, 2);
                states[t] = state;
                logRatios[t] = (float)Math.Log(Target[state][action] / 0.5);
                rewards[t] = (float)Reward[state][action];
                current[t] = values[state];
                next[t] = values[action];
                state = action;
            }
            VTrace.Estimate(
                logRatios,
                rewards,
                discounts,
                lambdas,
                current,
                next,
                targets,
                new float[Steps],
                1,
                1,
                new VTraceClips()
            );
            for (int t = 0; t < Steps; t++)
            {
                values[states[t]] += 0.02f * (targets[t] - values[states[t]]);
            }
            if (unroll >= Unrolls * 3 / 4)
            {
                averages[0] += values[0] / (Unrolls / 4.0);
                averages[1] += values[1] / (Unrolls / 4.0);
            }
        }

        Assert.Equal(9.781122, averages[0], 0.15);
        Assert.Equal(10.191518, averages[1], 0.15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Estimate_OneArrayOfAnotherLength_Throws(int wrong)
    {
        float[][] a = [.. Enumerable.Range(0, 8).Select(i => new float[i == wrong ? 9 : 6])];

        Assert.Throws<ArgumentException>(() =>
            VTrace.Estimate(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], batch: 3, lambda: 1, new VTraceClips())
        );
    }

    [Fact]
    public void VTraceClips_NothingGiven_AreAllOne() => Assert.Equal(new VTraceClips(1, 1, 1), new VTraceClips());

    private static float[] ExpectedTargets(int steps, float[] values, VTraceClips clips)
    {
        int sequences = 1 << steps;
        int batch = 2 * sequences;
        int size = steps * batch;
        var (logRatios, rewards, current, next) = (new float[size], new float[size], new float[size], new float[size]);
        for (int b = 0; b < batch; b++)
        {
            int state = b / sequences;
            for (int t = 0; t < steps; t++)
            {
                int action = (b >> t) & 1;
                int i = t * batch + b;
                logRatios[i] = (float)Math.Log(Target[state][action] / 0.5);
                rewards[i] = (float)Reward[state][action];
                current[i] = values[state];
                next[i] = values[action];
                state = action;
            }
        }
        float[] discounts = [.. Enumerable.Repeat(0.9f, size)];
        float[] lambdas = [.. Enumerable.Repeat(1f, size)];
        var targets = new float[size];
        VTrace.Estimate(logRatios, rewards, discounts, lambdas, current, next, targets, new float[size], batch, 1, clips);
        return
        [
            (float)targets.Take(sequences).Average(value => (double)value),
            (float)targets.Skip(sequences).Take(sequences).Average(value => (double)value),
        ];
    }

    // v_s = V_s + Σ_t (Π_{i<t} γ λ min(c̄, ratio_i)) δ_t up to the end of the episode or the unroll.
    private static (double[] Targets, double[] Advantages) Naive(
        RandomRollout rollout,
        double discountFactor,
        double lambda,
        double rho,
        double c,
        double policyGradientRho
    )
    {
        double[] ratios = [.. rollout.LogRatios.Select(value => Math.Exp(value))];
        var targets = new double[ratios.Length];
        var advantages = new double[ratios.Length];
        for (int start = 0; start < targets.Length; start++)
        {
            targets[start] = rollout.Values[start];
            double weight = 1;
            for (int i = start; i < targets.Length; i += rollout.Batch)
            {
                double next = rollout.Terminated[i] ? 0 : rollout.NextValues[i];
                double error = rollout.Rewards[i] + discountFactor * next - rollout.Values[i];
                targets[start] += weight * Math.Min(rho, ratios[i]) * error;
                weight *= discountFactor * lambda * Math.Min(c, ratios[i]);
                if (rollout.EndsAt(i))
                {
                    break;
                }
            }
        }
        for (int i = 0; i < targets.Length; i++)
        {
            double next =
                rollout.Terminated[i] ? 0
                : rollout.Truncated[i] || i + rollout.Batch >= targets.Length ? rollout.NextValues[i]
                : targets[i + rollout.Batch];
            advantages[i] =
                Math.Min(policyGradientRho, ratios[i]) * (rollout.Rewards[i] + discountFactor * next - rollout.Values[i]);
        }
        return (targets, advantages);
    }
}

using Environments.Randomness;
using Environments.State;
using Learners.Optimizers;
using Xunit;

namespace Tests.LearnerTests.Optimizers;

/// <summary>The unit checks of Zhang et al. 2019: what slow weights do is known in closed form.</summary>
public sealed class LookaheadTests
{
    private const int Size = 37;

    [Fact]
    public void Update_StepSizeOne_IsTheInnerOptimiserBitForBit()
    {
        var random = new Pcg64(1);
        float[] start = Gaussians(ref random);
        float[] wrapped = [.. start];
        float[] plain = [.. start];
        var inner = new Adam(Size, new AdamSettings());
        Lookahead lookahead = Around(new Adam(Size, new AdamSettings()), start, steps: 3, stepSize: 1);
        for (int i = 0; i < 10; i++)
        {
            float[] gradient = Gaussians(ref random);
            lookahead.Update(wrapped, gradient, 0.01f);
            inner.Update(plain, gradient, 0.01f);

            Assert.Equal(plain, wrapped);
        }
    }

    [Fact]
    public void Update_ConstantGradient_SlowWeightsGoTheShareOfTheWay()
    {
        Lookahead lookahead = Around(new Sgd(Size, new SgdSettings()), new float[Size], steps: 5, stepSize: 0.4f);
        var parameters = new float[Size];
        float[] gradient = [.. Enumerable.Repeat(2f, Size)];
        for (int i = 0; i < 4 * 5; i++)
        {
            lookahead.Update(parameters, gradient, 0.1f);
        }

        // φ = −α n k e g
        Assert.Equal(-0.4 * 4 * 5 * 0.1 * 2, lookahead.Evaluated(parameters)[7], 1e-5);
        Assert.Equal(parameters, lookahead.Evaluated(parameters).ToArray());
    }

    [Fact]
    public void Update_StepSizeZero_ReturnsToWhereItBegan()
    {
        var random = new Pcg64(2);
        float[] start = Gaussians(ref random);
        float[] parameters = [.. start];
        Lookahead lookahead = Around(new Adam(Size, new AdamSettings()), start, steps: 4, stepSize: 0);
        for (int i = 1; i <= 12; i++)
        {
            lookahead.Update(parameters, Gaussians(ref random), 0.01f);

            Assert.Equal(i % 4 == 0, parameters.AsSpan().SequenceEqual(start));
            Assert.Equal(start, lookahead.Evaluated(parameters).ToArray());
        }
    }

    [Fact]
    public void LoadState_WithinAnInnerLoop_ContinuesBitForBit()
    {
        var random = new Pcg64(3);
        float[] start = Gaussians(ref random);
        float[] first = [.. start];
        Lookahead saved = Around(new Adam(Size, new AdamSettings()), start, steps: 5, stepSize: 0.5f);
        for (int i = 0; i < 7; i++) // two steps into the second loop
        {
            saved.Update(first, Gaussians(ref random), 0.01f);
        }
        var state = new StateDictionary();
        saved.SaveState(state);
        float[] second = [.. first];
        Lookahead loaded = Around(new Adam(Size, new AdamSettings()), new float[Size], steps: 5, stepSize: 0.5f);
        loaded.LoadState(state);
        for (int i = 0; i < 9; i++)
        {
            float[] gradient = Gaussians(ref random);
            saved.Update(first, gradient, 0.01f);
            loaded.Update(second, gradient, 0.01f);
        }

        Assert.Equal(first, second);
        Assert.Equal(saved.Evaluated(first).ToArray(), loaded.Evaluated(second).ToArray());
    }

    /// <summary>Proposition 2 of the paper: the stationary variance on the noisy quadratic ½ a (x − c)², c ~ N(0, s²), for a = s = 1.</summary>
    [Theory]
    [InlineData(0.5f, 5, 0.5f, 0.3333, 0.1134)]
    [InlineData(0.9f, 5, 0.5f, 0.8182, 0.2727)]
    public void Update_NoisyQuadratic_HasTheVarianceOfTheClosedForm(
        float rate,
        int steps,
        float stepSize,
        double plain,
        double slow
    )
    {
        const int Chains = 50_000;
        double MeasuredBy(IOptimizer optimizer)
        {
            var random = new Pcg64(4);
            var x = new float[Chains];
            var gradient = new float[Chains];
            for (int step = 0; step < 30 * steps; step++)
            {
                for (int i = 0; i < Chains; i++)
                {
                    gradient[i] = x[i] - (float)random.NextGaussian();
                }
                optimizer.Update(x, gradient, rate);
            }
            ReadOnlySpan<float> weights = optimizer.Evaluated(x);
            double squares = 0;
            foreach (float weight in weights)
            {
                squares += weight * weight;
            }
            return squares / Chains;
        }

        Assert.Equal(plain, MeasuredBy(new Sgd(Chains, new SgdSettings())), 0.03 * plain);
        Assert.Equal(
            slow,
            MeasuredBy(
                new Lookahead(
                    new Sgd(Chains, new SgdSettings()),
                    new LookaheadSettings { Steps = steps, StepSize = stepSize },
                    new float[Chains]
                )
            ),
            0.03 * slow
        );
    }

    private static Lookahead Around(IOptimizer inner, float[] start, int steps, float stepSize) =>
        new(inner, new LookaheadSettings { Steps = steps, StepSize = stepSize }, start);

    private static float[] Gaussians(ref Pcg64 random)
    {
        var numbers = new float[Size];
        for (int i = 0; i < Size; i++)
        {
            numbers[i] = (float)random.NextGaussian();
        }
        return numbers;
    }
}

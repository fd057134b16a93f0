using Learners.Vmpo;
using Xunit;

namespace Tests.LearnerTests.Vmpo;

/// <summary>Weights and temperature loss against numbers in closed form.</summary>
public sealed class TopHalfTests
{
    private const double Epsilon = 0.1;
    private const double BestTemperature = 1.059947;

    [Fact]
    public void Weigh_FourAdvantages_HasThePublishedWeightsLossAndSlope()
    {
        (double[] weights, double loss, double gradient) = Weigh([1, 2, 3, 4], 1);

        Near([0, 0, 0.268941, 0.731059], weights, 1e-6);
        Assert.Equal(3.720115, loss, 1e-6);
        Assert.Equal(-0.010944, gradient, 1e-6);
    }

    [Fact]
    public void Weigh_AtTheBestTemperature_IsEpsilonNatsFromUniform()
    {
        (double[] weights, _, double gradient) = Weigh([1, 2, 3, 4], BestTemperature);

        Near([0, 0, 0.280205, 0.719795], weights, 1e-6);
        Assert.Equal(0, gradient, 1e-6);
        Assert.Equal(Epsilon, weights.Where(w => w > 0).Sum(w => w * Math.Log(2 * w)), 1e-6);
    }

    [Fact]
    public void Weigh_TheSlope_IsTheLossesDerivative()
    {
        float[] advantages = [0.3f, -1, 2, 0.7f, 0.1f, 1.5f, -0.2f];

        double gradient = Weigh(advantages, 0.8).Gradient;

        double slope = (Weigh(advantages, 0.8 + 1e-5).Loss - Weigh(advantages, 0.8 - 1e-5).Loss) / 2e-5;
        Assert.Equal(slope, gradient, 1e-7);
    }

    [Fact]
    public void Weigh_AConstantOnAllAdvantages_MovesOnlyTheLoss()
    {
        (double[] weights, double loss, double gradient) = Weigh([1, 2, 3, 4], 0.7);
        (double[] moved, double movedLoss, double movedGradient) = Weigh([101, 102, 103, 104], 0.7);

        Near(weights, moved, 1e-12);
        Assert.Equal(loss + 100, movedLoss, 1e-9);
        Assert.Equal(gradient, movedGradient, 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1e-8)]
    public void Weigh_EqualAdvantages_AreUniformAtAnyTemperature(double temperature)
    {
        (double[] weights, double loss, double gradient) = Weigh([5, 5, 5, 5], temperature);

        Near([0.5, 0.5, 0, 0], weights, 1e-12);
        Assert.Equal(temperature * Epsilon + 5, loss, 1e-9);
        Assert.Equal(Epsilon, gradient, 1e-12);
    }

    [Fact]
    public void Weigh_TinyTemperature_TakesTheBestAndStaysFinite()
    {
        (double[] weights, double loss, double gradient) = Weigh([-1e6f, 0, 1e6f, 2], 1e-8);

        Near([0, 0, 1, 0], weights, 1e-12);
        Assert.True(double.IsFinite(loss) && double.IsFinite(gradient));
    }

    [Theory]
    [InlineData(new float[] { 1, 3, 3, 3, 0 }, new[] { 1, 2 })]
    [InlineData(new float[] { 2, 2, 2, 2, 2, 2, 2 }, new[] { 0, 1, 2 })]
    public void Weigh_Ties_TakesTheFirstOfThem(float[] advantages, int[] chosen)
    {
        (double[] weights, _, _) = Weigh(advantages, 1);

        Assert.Equal(chosen, Enumerable.Range(0, weights.Length).Where(i => weights[i] > 0));
        Assert.Equal(1, weights.Sum(), 1e-12);
    }

    private static (double[] Weights, double Loss, double Gradient) Weigh(float[] advantages, double temperature)
    {
        var weights = new double[advantages.Length];
        (double loss, double gradient) = TopHalf.Weigh(advantages, temperature, Epsilon, weights, new int[advantages.Length]);
        return (weights, loss, gradient);
    }

    private static void Near(double[] expected, double[] actual, double tolerance) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
}

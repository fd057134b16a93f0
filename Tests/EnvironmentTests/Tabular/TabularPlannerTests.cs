using Environments.Tabular;
using Environments.ToyText;
using Xunit;

namespace Tests.EnvironmentTests.Tabular;

public sealed class TabularPlannerTests
{
    // State 0: action 0 pays 1 and ends, action 1 pays 0 and goes on to state 1, where every action pays 3 and ends.
    private static readonly TabularModel Patience = new(
        2,
        2,
        (state, action) =>
            [
                (state, action) switch
                {
                    (0, 0) => new Transition(1, 0, 1, true),
                    (0, _) => new Transition(1, 1, 0),
                    _ => new Transition(1, 1, 3, true),
                },
            ],
        state => state == 0 ? 1 : 0
    );

    [Theory]
    [InlineData(1.0, null, 3.0)]
    [InlineData(0.5, null, 1.5)]
    [InlineData(0.2, null, 1.0)]
    [InlineData(1.0, 1, 1.0)]
    [InlineData(1.0, 2, 3.0)]
    public void Optimize_ChoiceBetweenNowAndLater_WeighsDiscountAndHorizon(double discount, int? horizon, double expected) =>
        Assert.Equal(expected, TabularPlanner.Optimize(Patience, discount, horizon).StartValue, 1e-12);

    [Fact]
    public void Optimize_WithTemperature_GivesSoftValuesAndTheirPolicy()
    {
        const double temperature = 0.5;
        TabularPlan plan = TabularPlanner.Optimize(Patience, 0.9, temperature: temperature);
        double later = 0.9 * (3 + temperature * Math.Log(2)); // two actions pay 3
        double expected = temperature * Math.Log(Math.Exp(1 / temperature) + Math.Exp(later / temperature));
        Assert.Equal(expected, plan.StartValue, 1e-12);
        double[] policy = plan.Policy(temperature);
        Assert.Equal(Math.Exp((1 - expected) / temperature), policy[0], 1e-12);
        Assert.Equal(1, policy[0] + policy[1], 1e-12);
        Assert.Equal([0.5, 0.5], policy[2..]);
    }

    [Fact]
    public void Evaluate_MixedPolicy_WeighsActionValues()
    {
        TabularPlan plan = TabularPlanner.Evaluate(Patience, [0.25, 0.75, 1, 0], 0.5);
        Assert.Equal(0.25 * 1 + 0.75 * 1.5, plan.StartValue, 1e-12);
        Assert.Equal([1, 1.5, 3, 3], plan.ActionValues);
    }

    [Fact]
    public void Evaluate_GreedyPolicyOfAnOptimum_HasTheOptimalValues()
    {
        ITabularModel model = FrozenLakeMap.EightByEight.Model;
        TabularPlan optimum = TabularPlanner.Optimize(model, 0.99);
        TabularPlan greedy = TabularPlanner.Evaluate(model, optimum.Policy(), 0.99);
        Assert.Equal(optimum.Values, greedy.Values, (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void Evaluate_EpisodesThatNeverEnd_ThrowsAndSaysWhatToDo()
    {
        var model = new TabularModel(1, 1, (_, _) => [new Transition(1, 0, -1)], _ => 1);
        var error = Assert.Throws<InvalidOperationException>(() => TabularPlanner.Evaluate(model, [1], 1));
        Assert.Contains("discount below 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(-10, TabularPlanner.Evaluate(model, [1], 0.9).StartValue, 1e-9);
        Assert.Equal(-7, TabularPlanner.Evaluate(model, [1], 1, horizon: 7).StartValue, 1e-12);
    }

    [Fact]
    public void Evaluate_PolicyOfAnotherSize_ThrowsAndNamesBothSizes()
    {
        var error = Assert.Throws<ArgumentException>(() => TabularPlanner.Evaluate(Patience, [0.5, 0.5], 1));
        Assert.Contains("2 probabilities", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 states × 2 actions", error.Message, StringComparison.Ordinal);
    }
}

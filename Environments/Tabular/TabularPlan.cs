using System.Numerics.Tensors;

namespace Environments.Tabular;

/// <summary>Exact values of a model's states and actions, in float64.</summary>
/// <param name="Values">Value of each state, <c>[S]</c>.</param>
/// <param name="ActionValues">Value of each action in each state, <c>[S, A]</c>.</param>
/// <param name="StartValue">Mean value of the states in which episodes start.</param>
public sealed record TabularPlan(double[] Values, double[] ActionValues, double StartValue)
{
    /// <summary>The policy that follows the action values, <c>[S, A]</c> probabilities.</summary>
    /// <param name="temperature">Softmax of action values divided by it; 0 takes the first best action (within 1e-9).</param>
    public double[] Policy(double temperature = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(temperature);
        int actions = ActionValues.Length / Values.Length;
        var policy = new double[ActionValues.Length];
        for (int row = 0; row < policy.Length; row += actions)
        {
            ReadOnlySpan<double> values = ActionValues.AsSpan(row, actions);
            double best = TensorPrimitives.Max(values);
            double sum = 0;
            for (int action = 0; action < actions; action++)
            {
                double weight =
                    temperature > 0 ? Math.Exp((values[action] - best) / temperature)
                    : sum == 0 && values[action] >= best - 1e-9 ? 1
                    : 0;
                policy[row + action] = weight;
                sum += weight;
            }
            TensorPrimitives.Divide(policy.AsSpan(row, actions), sum, policy.AsSpan(row, actions));
        }
        return policy;
    }
}

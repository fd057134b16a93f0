namespace Environments.Tabular;

/// <summary>Exact values of policies and of the best policy, for models small enough to be swept (Sutton and Barto 2018, chapter 4).</summary>
/// <remarks>Without a horizon states are swept until no value changes by more than 1e-12, or 1e-12 of itself where that is more.</remarks>
public static class TabularPlanner
{
    private const double Tolerance = 1e-12;
    private const int MaxSweeps = 500_000;

    /// <summary>Value iteration: values of the best policy.</summary>
    /// <param name="model">S states, A actions.</param>
    /// <param name="discount">γ in [0, 1]; 1 needs a policy that ends every episode, or a horizon.</param>
    /// <param name="horizon">Steps that remain, for values under a time limit; null for no limit.</param>
    /// <param name="temperature">
    /// τ of soft values τ log Σ exp(Q/τ), whose policy is the softmax of Q/τ; 0 for the greatest action value.
    /// </param>
    /// <exception cref="InvalidOperationException">The values do not converge.</exception>
    public static TabularPlan Optimize(ITabularModel model, double discount, int? horizon = null, double temperature = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(temperature);
        return Solve(model, discount, horizon, (_, actionValues) => Best(actionValues, temperature));
    }

    /// <summary>Values of a given policy.</summary>
    /// <param name="model">S states, A actions.</param>
    /// <param name="policy">Probability of each action in each state, <c>[S, A]</c>.</param>
    /// <param name="discount">γ in [0, 1]; 1 needs a policy that ends every episode, or a horizon.</param>
    /// <param name="horizon">Steps that remain, for values under a time limit; null for no limit.</param>
    /// <exception cref="InvalidOperationException">The values do not converge.</exception>
    public static TabularPlan Evaluate(ITabularModel model, ReadOnlySpan<double> policy, double discount, int? horizon = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        int actions = model.ActionCount;
        if (policy.Length != model.StateCount * actions)
        {
            throw new ArgumentException(
                $"The policy has {policy.Length} probabilities; {model.StateCount} states × {actions} actions are needed.",
                nameof(policy)
            );
        }
        double[] probabilities = policy.ToArray();
        return Solve(
            model,
            discount,
            horizon,
            (state, actionValues) =>
            {
                double value = 0;
                for (int action = 0; action < actions; action++)
                {
                    value += probabilities[state * actions + action] * actionValues[action];
                }
                return value;
            }
        );
    }

    /// <summary>The policy that takes every action equally often, <c>[S, A]</c>.</summary>
    public static double[] UniformPolicy(ITabularModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var policy = new double[model.StateCount * model.ActionCount];
        Array.Fill(policy, 1.0 / model.ActionCount);
        return policy;
    }

    private delegate double Backup(int state, ReadOnlySpan<double> actionValues);

    private static TabularPlan Solve(ITabularModel model, double discount, int? horizon, Backup backup)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(discount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(discount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon ?? 1, 1, nameof(horizon));
        var values = new double[model.StateCount];
        var actionValues = new double[model.StateCount * model.ActionCount];
        // Without a horizon new values are used at once (Gauss and Seidel), which converges to the same and sooner.
        double[] next = horizon is null ? values : new double[model.StateCount];
        for (int sweep = 1; ; sweep++)
        {
            double change = Sweep(model, discount, values, next, actionValues, backup);
            (values, next) = (next, values);
            if (horizon is null ? change <= Tolerance : sweep == horizon)
            {
                break;
            }
            if (horizon is null && (sweep == MaxSweeps || !double.IsFinite(change)))
            {
                throw new InvalidOperationException(
                    $"The values still change by {change:g3} after {sweep} sweeps: some episode never ends. Use a discount below 1, or a horizon."
                );
            }
        }
        double startValue = 0;
        for (int state = 0; state < values.Length; state++)
        {
            startValue += model.StartProbabilities[state] * values[state];
        }
        return new TabularPlan(values, actionValues, startValue);
    }

    /// <summary>One backup of every state; returns the greatest change relative to max(1, |value|).</summary>
    private static double Sweep(
        ITabularModel model,
        double discount,
        ReadOnlySpan<double> values,
        Span<double> next,
        Span<double> actionValues,
        Backup backup
    )
    {
        int actions = model.ActionCount;
        double change = 0;
        for (int state = 0; state < values.Length; state++)
        {
            Span<double> row = actionValues.Slice(state * actions, actions);
            for (int action = 0; action < actions; action++)
            {
                double value = 0;
                foreach (ref readonly Transition transition in model.Transitions(state, action))
                {
                    double future = transition.Terminated ? 0 : discount * values[transition.NextState];
                    value += transition.Probability * (transition.Reward + future);
                }
                row[action] = value;
            }
            double old = values[state];
            next[state] = backup(state, row);
            change = Math.Max(change, Math.Abs(next[state] - old) / Math.Max(1, Math.Abs(old)));
        }
        return change;
    }

    private static double Best(ReadOnlySpan<double> actionValues, double temperature)
    {
        double best = double.NegativeInfinity;
        foreach (double value in actionValues)
        {
            best = Math.Max(best, value);
        }
        if (temperature == 0)
        {
            return best;
        }
        double sum = 0;
        foreach (double value in actionValues)
        {
            sum += Math.Exp((value - best) / temperature);
        }
        return best + temperature * Math.Log(sum);
    }
}

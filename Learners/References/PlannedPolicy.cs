using Environments.Randomness;
using Environments.Tabular;

namespace Learners.References;

/// <summary>A policy as a table over the states of a tabular environment, softmax (Q* / temperature), and its exact values. Immutable.</summary>
internal sealed class PlannedPolicy
{
    private readonly ITabularModel _model;
    private readonly float[] _logProbs; // [S, A]
    private readonly TabularPlan _plan;

    /// <summary>Plans a policy.</summary>
    /// <param name="settings">How sharp it is.</param>
    /// <param name="model">The dynamics.</param>
    /// <param name="discount">γ of the task.</param>
    /// <param name="seed">Draws how the probability of an action is shared out to its copies.</param>
    public PlannedPolicy(PlannedReferenceSettings settings, ITabularModel model, float discount, SeedSequence seed)
    {
        _model = model;
        double[] policy = TabularPlanner.Optimize(model, discount).Policy(settings.Temperature);
        int actions = model.ActionCount;
        ShareOut(policy, actions, settings.ActionCopies, seed);
        _logProbs = new float[policy.Length];
        for (int i = 0; i < policy.Length; i++)
        {
            policy[i] = (1 - settings.UniformShare) * policy[i] + settings.UniformShare / actions;
            _logProbs[i] = (float)Math.Log(Math.Max(policy[i], float.Epsilon));
        }
        _plan = TabularPlanner.Evaluate(model, policy, discount);
    }

    /// <summary>Its exact value where episodes start.</summary>
    public double StartValue => _plan.StartValue;

    /// <summary>What it says of rows of raw observations; see <see cref="Stages.StepFunction"/>.</summary>
    public void Say(
        int steps,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Span<float> distributions,
        Span<float> values
    )
    {
        int actions = _model.ActionCount;
        int size = observations.Length / episodeStarts.Length;
        for (int row = 0; row < episodeStarts.Length; row++)
        {
            int state = _model.StateOf(observations.Slice(row * size, size));
            _logProbs.AsSpan(state * actions, actions).CopyTo(distributions[(row * actions)..]);
            if (values.Length > 0)
            {
                values[row] = (float)_plan.Values[state];
            }
        }
    }

    // Copies of an action, which stand a whole set of actions apart, divide what the action has by weights −log u, as Dirichlet(1) does.
    private static void ShareOut(double[] policy, int actions, int copies, SeedSequence seed)
    {
        if (copies == 1)
        {
            return;
        }
        var random = new Pcg64(seed);
        int distinct = actions / copies;
        var weights = new double[copies];
        for (int first = 0; first < policy.Length; first += actions)
        {
            for (int action = 0; action < distinct; action++)
            {
                double sum = 0;
                double total = 0;
                for (int copy = 0; copy < copies; copy++)
                {
                    total += policy[first + action + copy * distinct];
                    sum += weights[copy] = -Math.Log(1 - random.NextDouble());
                }
                for (int copy = 0; copy < copies; copy++)
                {
                    policy[first + action + copy * distinct] = total * weights[copy] / sum;
                }
            }
        }
    }
}

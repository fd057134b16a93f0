using Agents.Distributions;
using Agents.Networks;
using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;

namespace Learners.Optimizers.Kfac;

/// <summary>Gradients of the log-probs of drawn actions in the parameters of the distributions that they were drawn from, one per row.</summary>
internal sealed class DrawnLikelihood
{
    private readonly Value _distributions;
    private readonly Value _actions;
    private readonly Value _gradient;
    private readonly Graph _graph = new();
    private ManagedProgram? _program;
    private int _rows;

    /// <summary>Likelihoods of a network's distributions.</summary>
    public DrawnLikelihood(NetworkSpec spec)
    {
        _distributions = _graph.Input("distributions", spec.DistributionSize);
        _actions = _graph.Input("drawn_actions", spec.ActionSpace.Size);
        Value logProb = ActionDistribution.For(spec.ActionSpace).LogProb(_distributions, _actions);
        _gradient = _graph.Differentiate([(logProb, null)], [_distributions])[_distributions]!;
    }

    /// <summary>∂ log π(a) / ∂ parameters, <c>[rows, P]</c>; valid until the next call.</summary>
    /// <param name="distributions"><c>[rows, P]</c>.</param>
    /// <param name="actions"><c>[rows, ActionSize]</c>.</param>
    /// <param name="rows">Rows.</param>
    public ReadOnlySpan<float> Gradient(float[] distributions, float[] actions, int rows)
    {
        if (_rows < rows)
        {
            _program = new ManagedProgram(Plan.Compile(_graph, [_gradient], null, new PlanOptions(rows)), [], []);
            _rows = rows;
        }
        _program!.Bind(_distributions, distributions);
        _program.Bind(_actions, actions);
        _program.Run(rows);
        return _program[_gradient];
    }
}

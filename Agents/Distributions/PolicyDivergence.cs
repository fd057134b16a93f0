using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;

namespace Agents.Distributions;

/// <summary>KL(p ‖ q) between rows of one family, as a program of its own.</summary>
internal sealed class PolicyDivergence
{
    private readonly Graph _graph = new();
    private readonly Value _p;
    private readonly Value _q;
    private readonly Value _mean;
    private ManagedProgram? _program;
    private int _rows;

    /// <summary>The divergence of a family.</summary>
    public PolicyDivergence(ActionDistribution distribution)
    {
        _p = _graph.Input("p", distribution.ParameterSize);
        _q = _graph.Input("q", distribution.ParameterSize);
        _mean = distribution.Divergence(_p, _q).Mean();
    }

    /// <summary>Mean over rows, in nats; at least 0 but for rounding.</summary>
    /// <param name="p"><c>[rows, P]</c>.</param>
    /// <param name="q"><c>[rows, P]</c>.</param>
    /// <param name="rows">Rows.</param>
    public double Mean(float[] p, float[] q, int rows)
    {
        if (_rows < rows)
        {
            _program = new ManagedProgram(Plan.Compile(_graph, [_mean], null, new PlanOptions(rows)), [], []);
            _rows = rows;
        }
        _program!.Bind(_p, p);
        _program.Bind(_q, q);
        _program.Run(rows);
        return _program[_mean][0];
    }
}

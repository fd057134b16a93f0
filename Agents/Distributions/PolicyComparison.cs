using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;

namespace Agents.Distributions;

/// <summary>A number for each pair of distributions of one family, such as KL(p ‖ q), as a program of its own.</summary>
internal sealed class PolicyComparison
{
    private readonly Graph _graph = new();
    private readonly Value _p;
    private readonly Value _q;
    private readonly Value _each;
    private readonly Value _mean;
    private ManagedProgram? _program;
    private int _rows;

    /// <summary>A comparison within a family.</summary>
    /// <param name="distribution">The family.</param>
    /// <param name="measure">A number for each row of p and q, <c>[N, 1]</c>; null for KL(p ‖ q).</param>
    public PolicyComparison(ActionDistribution distribution, Func<Value, Value, Value>? measure = null)
    {
        _p = _graph.Input("p", distribution.ParameterSize);
        _q = _graph.Input("q", distribution.ParameterSize);
        _each = (measure ?? distribution.Divergence)(_p, _q);
        _mean = _each.Mean();
    }

    /// <summary>Mean over rows; of a divergence in nats, at least 0 but for rounding.</summary>
    /// <param name="p"><c>[rows, P]</c>.</param>
    /// <param name="q"><c>[rows, P]</c>.</param>
    /// <param name="rows">Rows.</param>
    public double Mean(float[] p, float[] q, int rows)
    {
        Run(p, q, rows);
        return _program![_mean][0];
    }

    /// <summary>The number of each row.</summary>
    /// <param name="p"><c>[rows, P]</c>; may be longer.</param>
    /// <param name="q"><c>[rows, P]</c>; may be longer.</param>
    /// <param name="destination">As many as there are rows.</param>
    public void Rows(float[] p, float[] q, Span<float> destination)
    {
        Run(p, q, destination.Length);
        _program![_each].CopyTo(destination);
    }

    private void Run(float[] p, float[] q, int rows)
    {
        if (_rows < rows)
        {
            _program = new ManagedProgram(Plan.Compile(_graph, [_each, _mean], null, new PlanOptions(rows)), [], []);
            _rows = rows;
        }
        _program!.Bind(_p, p);
        _program.Bind(_q, q);
        _program.Run(rows);
    }
}

using Agents.Networks;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Learners.Batches;

namespace Learners.Objectives;

/// <summary>A <see cref="LossGraph"/> in plain C#: losses, and their gradients in what the network says. Owns its buffers.</summary>
internal sealed class LossProgram
{
    private readonly LossGraph _losses;
    private readonly Value _distributionGradient;
    private readonly Value _valueGradient;
    private readonly Value[] _outputs;
    private readonly Action<Value, float> _set;
    private ManagedProgram? _program;
    private int _rows;

    /// <summary>The program of some objectives.</summary>
    public LossProgram(NetworkSpec spec, IReadOnlyList<Objective> objectives)
    {
        _losses = new LossGraph(spec, objectives);
        Graph graph = _losses.Graph;
        (Value distributions, Value values) = (_losses.Distributions, _losses.Values);
        Gradients gradients = graph.Differentiate([(_losses.Total, null)], [distributions, values]);
        _distributionGradient = gradients[distributions] ?? graph.Zeros(distributions.Shape);
        _valueGradient = gradients[values] ?? graph.Zeros(values.Shape);
        _outputs = [.. _losses.Losses, _losses.LogProb, _distributionGradient, _valueGradient];
        _set = (scalar, number) => _program!.Set(scalar, number);
    }

    /// <summary>Prepares for blocks of rows.</summary>
    /// <param name="rows">Most rows of a block.</param>
    /// <param name="progress">Share of the run's steps done, for schedules.</param>
    public void Begin(int rows, double progress)
    {
        if (_rows < rows)
        {
            _program = new ManagedProgram(Plan.Compile(_losses.Graph, _outputs, null, new PlanOptions(rows)), [], []);
            _rows = rows;
        }
        _losses.Evaluation.Advance(progress, _set);
    }

    /// <summary>Computes some rows' share of losses and gradients.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="first">First row of the block.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="distributions">Parameters of the block's distributions, <c>[rows, P]</c>.</param>
    /// <param name="values">Values of the block, <c>[rows]</c>.</param>
    /// <param name="losses">Added to: each objective's loss, before its weight.</param>
    /// <param name="logProbs">Destination, <c>[rows]</c>.</param>
    public void Run(
        Batch batch,
        int first,
        int rows,
        float[] distributions,
        float[] values,
        Span<double> losses,
        Span<float> logProbs
    )
    {
        ManagedProgram program = _program!;
        foreach ((Column column, Value input) in _losses.Evaluation.Columns)
        {
            int start = first * column.Width;
            program.Bind(input, new ArraySegment<float>(batch[column], start, rows * column.Width));
        }
        program.Bind(_losses.Distributions, distributions);
        program.Bind(_losses.Values, values);
        program.Run(rows, total: batch.Count);
        for (int i = 0; i < losses.Length; i++)
        {
            losses[i] += program[_losses.Losses[i]][0];
        }
        program[_losses.LogProb].CopyTo(logProbs);
    }

    /// <summary>Gradient of Σ weight × loss in the distributions of the latest block, <c>[rows, P]</c>.</summary>
    public ReadOnlySpan<float> DistributionGradients => _program![_distributionGradient];

    /// <summary>Gradient of Σ weight × loss in the values of the latest block, <c>[rows]</c>.</summary>
    public ReadOnlySpan<float> ValueGradients => _program![_valueGradient];
}

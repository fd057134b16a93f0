using Agents.Distributions;
using Agents.Networks;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;

namespace Learners.Optimizers.Kfac;

/// <summary>Runs rows through a network, draws actions and values from what it says, and gives what each product saw of their log-likelihood. Owns its programs.</summary>
internal sealed class FisherProgram : IDisposable
{
    private readonly ProgramFactory _factory;
    private readonly float[] _parameters;
    private readonly ActionDistribution _distribution;
    private readonly Value _actions;
    private readonly Value _valueGradients;
    private readonly Value?[] _diagonals; // gradients of parameters without factors
    private readonly List<(Value Head, Value? Gradient)> _further = []; // each a Gaussian around what the head says
    private readonly List<ProductTap> _taps = [];
    private IProgram? _acting;
    private IProgram? _program;
    private int _rows;
    private int _sequences;
    private float[] _drawnActions = [];
    private float[] _drawnValueGradients = [];
    private Dictionary<Value, float[]> _drawnHeads = [];

    /// <summary>The program of a network.</summary>
    public FisherProgram(NetworkSpec spec, float[] parameters, ProgramFactory factory)
    {
        _factory = factory;
        _parameters = parameters;
        _distribution = spec.Distribution;
        Network = new NetworkGraph(spec, new Graph());
        Graph graph = Network.Graph;
        _actions = graph.Input("drawn_actions", _distribution.ActionSize);
        _valueGradients = graph.Input("drawn_value_gradients", 1);
        // One gradient per row: no mean over the batch.
        Value logProb = _distribution.LogProb(Network.Distributions, _actions);
        foreach (Head head in spec.Heads.Where(head => head.Stage is null && head.Name is not (Head.Policy or Head.Value)))
        {
            _further.Add((Network[head.Name], graph.Input("drawn_heads." + head.Name, head.Size)));
        }
        Gradients gradients = graph.Differentiate(
            [(logProb, null), (Network.Values, _valueGradients), .. _further],
            [.. Network.Parameters],
            _taps
        );
        _diagonals = [.. Kfac.DiagonalsOf(new ParameterLayout(spec)).Select(slot => gradients[graph.Parameter(slot)])];
    }

    /// <summary>The network, whose inputs are to be bound.</summary>
    public NetworkGraph Network { get; }

    /// <summary>The program that says what actions and values are drawn from.</summary>
    /// <param name="rows">Most rows of a block.</param>
    /// <param name="sequences">Most sequences of a block.</param>
    public IProgram Acting(int rows, int sequences)
    {
        if (_acting is null || rows > _rows || sequences > _sequences)
        {
            Dispose();
            (_rows, _sequences) = (Math.Max(rows, _rows), Math.Max(sequences, _sequences));
            var options = new PlanOptions(_rows, _sequences);
            IEnumerable<Value> shown = _taps.SelectMany(tap => (Value[])[tap.Inputs, tap.OutputGradients]);
            Value[] seen = [.. shown.Concat(_diagonals.OfType<Value>()).Distinct()];
            _acting = _factory(Plan.Compile(Network.Graph, [Network.Distributions], null, options), _parameters, []);
            _program = _factory(Plan.Compile(Network.Graph, seen, null, options), _parameters, []);
            _drawnActions = new float[_rows * _distribution.ActionSize];
            _drawnValueGradients = new float[_rows];
            _drawnHeads = _further.ToDictionary(head => head.Head, head => new float[_rows * head.Head.Columns]);
        }
        return _acting;
    }

    /// <summary>Takes over parameters that were changed.</summary>
    public void ParametersChanged()
    {
        _acting?.ParametersChanged();
        _program?.ParametersChanged();
    }

    /// <summary>Runs the bound rows and draws.</summary>
    /// <returns>The program of the gradients, whose inputs are to be bound in turn.</returns>
    public IProgram Draw(FisherSampler sampler, int rows, int sequences)
    {
        _acting!.Run(rows, sequences);
        sampler.Draw(
            _distribution,
            _acting[Network.Distributions],
            _drawnActions.AsSpan(0, rows * _distribution.ActionSize),
            _drawnValueGradients.AsSpan(0, rows)
        );
        _program!.Bind(_actions, _drawnActions);
        _program.Bind(_valueGradients, _drawnValueGradients);
        foreach ((Value head, Value? gradient) in _further)
        {
            float[] drawn = _drawnHeads[head];
            sampler.DrawGaussian(drawn.AsSpan(0, rows * head.Columns));
            _program.Bind(gradient!, drawn);
        }
        return _program;
    }

    /// <summary>Runs the drawn rows and shows every product.</summary>
    public void Show(Kfac kfac, int rows, int steps)
    {
        _program!.Run(rows, rows / steps);
        foreach (ProductTap tap in _taps)
        {
            ReadOnlySpan<float> inputs = _program[tap.Inputs];
            int rowsOfTap = inputs.Length / tap.Inputs.Columns;
            int uses = Network.IsRepeated(tap.Weight) ? rowsOfTap * steps / rows : 1;
            bool areSamples = tap.Inputs.Shape.Space == RowSpace.Rows;
            kfac.Show(tap, inputs, _program[tap.OutputGradients], rowsOfTap, uses, areSamples);
        }
        kfac.Diagonal.Begin(rows);
        for (int i = 0; i < _diagonals.Length; i++)
        {
            if (_diagonals[i] is { } gradient)
            {
                kfac.Diagonal.Add(i, _program[gradient]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        (_acting as IDisposable)?.Dispose();
        (_program as IDisposable)?.Dispose();
    }
}

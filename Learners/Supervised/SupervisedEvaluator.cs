using Agents.Networks;
using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Learners.Batches;
using Learners.Data;
using Learners.Objectives;

namespace Learners.Supervised;

/// <summary>Judges parameters on the fixed set of a source, with its losses as they are learned from but for noise. Owns its programs.</summary>
/// <remarks>Computed by the managed executor, whichever engine learns.</remarks>
internal sealed class SupervisedEvaluator : IDisposable
{
    private readonly IDataSource _source;
    private readonly NetworkSpec _spec;
    private readonly float[] _parameters;
    private readonly Samples _samples;
    private readonly Batch _batch;
    private readonly ProgramNetwork _network;
    private readonly NetworkGraph _graph;
    private readonly LossGraph _losses;
    private readonly ManagedProgram _program;
    private readonly LagGradient? _lag;
    private readonly float[] _coreState;
    private readonly float[] _keep;

    /// <summary>An evaluator.</summary>
    /// <param name="source">Gives the fixed set; not owned.</param>
    /// <param name="spec">The network.</param>
    /// <param name="batchSize">Sequences or streams of a batch, B.</param>
    /// <param name="gradientLag">See <see cref="SupervisedEvaluationSettings.GradientLag"/>.</param>
    /// <exception cref="Agents.Yaml.SettingsException">The lag is longer than a sequence, or the core has no gradient to a state.</exception>
    public SupervisedEvaluator(IDataSource source, NetworkSpec spec, int batchSize, int gradientLag = 0)
    {
        (_source, _spec) = (source, spec);
        _parameters = new float[new ParameterLayout(spec).Count];
        _samples = new Samples(source.Form, batchSize);
        _batch = _samples.CreateBatch(spec);
        _network = new ProgramNetwork(spec, _parameters);
        bool loops = spec.CoreStateSize > 0 && spec.State.RingLength == 0;
        _graph = new NetworkGraph(spec, new Graph(), loops ? NetworkForm.Loop : NetworkForm.Sequences);
        _losses = new LossGraph(
            _graph,
            source.Form.Targets.Accuracy is { } accuracy ? [source.Form.Targets.Loss, accuracy] : [source.Form.Targets.Loss]
        );
        Value[] state = _graph.CoreState is { } last ? [last] : [];
        var options = new PlanOptions(_samples.Count, batchSize);
        _program = new ManagedProgram(Plan.Compile(_graph.Graph, [.. _losses.Losses, .. state], null, options), _parameters, []);
        _lag = gradientLag > 0 ? new LagGradient(source.Form, spec, batchSize, gradientLag, _parameters) : null;
        _coreState = new float[batchSize * spec.CoreStateSize];
        _keep = new float[_samples.Count];
    }

    /// <summary>Judges parameters.</summary>
    /// <param name="parameters">In the order of the layout.</param>
    /// <param name="cancellationToken">Ends it, since an evaluation cut short says nothing.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SupervisedScore Evaluate(ReadOnlySpan<float> parameters, CancellationToken cancellationToken = default)
    {
        parameters.CopyTo(_parameters);
        _program.ParametersChanged();
        _network.Refresh();
        _lag?.ParametersChanged();
        Array.Clear(_coreState);
        long counted = 0;
        double loss = 0;
        double accuracy = 0;
        for (int index = 0; index < _source.EvaluationBatches; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _source.ReadEvaluation(index, _samples);
            int rows = _samples.CountedRows();
            if (rows == 0)
            {
                continue;
            }
            _lag?.Measure(_samples, _network, _coreState);
            Run();
            counted += rows;
            loss += rows * (double)_program[_losses.Losses[0]][0];
            accuracy += _losses.Losses.Length > 1 ? rows * (double)_program[_losses.Losses[1]][0] : double.NaN;
            CarryState();
        }
        return new SupervisedScore
        {
            Loss = loss / counted,
            Accuracy = double.IsNaN(accuracy) ? null : accuracy / counted,
            BitsPerSymbol = _source.Form.Targets.GivesBits ? loss / counted / Math.Log(2) : null,
            Answers = counted,
            LagGradients = _lag?.TakeMeans() ?? [],
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private void Run()
    {
        _samples.WriteTo(_batch, _spec);
        _program.Bind(_graph.Features, _batch[Column.Features(_spec)]);
        if (_graph.Keep is { } keep)
        {
            for (int row = 0; row < _keep.Length; row++)
            {
                _keep[row] = _samples.Starts[row] ? 0 : 1;
            }
            _program.Bind(keep, _keep);
            _program.Bind(_graph.InitialCoreState!, _coreState);
        }
        foreach ((Column column, Value input) in _losses.Evaluation.Columns)
        {
            _program.Bind(input, _batch[column]);
        }
        _program.Run(_samples.Count, _samples.Sequences);
    }

    private void CarryState()
    {
        if (!_source.Form.CarriesState || _spec.CoreStateSize == 0)
        {
            return;
        }
        if (_graph.CoreState is { } last)
        {
            _program[last].CopyTo(_coreState);
        }
        else
        {
            _network.UnrollHeads(_samples.Steps, _samples.Inputs, _samples.Starts, _coreState, []);
        }
    }
}

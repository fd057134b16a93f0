using System.Numerics.Tensors;
using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Learners.Batches;
using Learners.Objectives;
using Learners.Optimizers.Kfac;

namespace Learners.Engines;

/// <summary>Network and losses as one program, on whatever executor. Owns its programs.</summary>
internal sealed class ProgramGradientEngine : IGradientEngine
{
    private readonly NetworkSpec _spec;
    private readonly float[] _parameters;
    private readonly float[] _gradient;
    private float[] _grouped; // gradients of all groups, one behind the other; the gradient itself where there is one
    private readonly ProgramFactory _factory;
    private readonly ProgramNetwork _network;
    private readonly int _statisticsRows;
    private readonly Column _features;
    private readonly Column _initialCoreState;
    private readonly Action<Value, float> _set;
    private NetworkGraph? _graph;
    private LossGraph? _losses;
    private Gradients? _gradients;
    private HashSet<int>[] _reached = []; // offsets of the parameters that each group depends on
    private IProgram? _program;
    private FisherProgram? _fisher;
    private int _rows;
    private int _sequences;
    private readonly Dictionary<string, float[]> _models = [];
    private float[] _keep = [];

    /// <summary>An engine over a flat buffer.</summary>
    /// <param name="spec">Network.</param>
    /// <param name="parameters">Initial parameters; owned by the engine from here on.</param>
    /// <param name="factory">Executor; null for the managed one.</param>
    /// <param name="statisticsRows">Rows of which statistics are gathered together; 0 for all.</param>
    public ProgramGradientEngine(NetworkSpec spec, float[] parameters, ProgramFactory? factory, int statisticsRows)
    {
        _spec = spec;
        _parameters = parameters;
        _gradient = new float[parameters.Length];
        _grouped = _gradient;
        _factory = factory ?? ((plan, values, gradient) => new ManagedProgram(plan, values, gradient));
        _network = new ProgramNetwork(spec, parameters, _factory);
        _statisticsRows = spec.CoreStateSize > 0 ? 0 : statisticsRows;
        _features = Column.Features(spec);
        _initialCoreState = Column.InitialCoreState(spec);
        _set = (scalar, number) => _program!.Set(scalar, number);
    }

    /// <inheritdoc/>
    public IActorCriticNetwork Network => _network;

    /// <inheritdoc/>
    public Span<float> Parameters => _parameters;

    /// <inheritdoc/>
    public Span<float> Gradient => _gradient;

    /// <inheritdoc/>
    public Span<float> GradientOf(int group) => _grouped.AsSpan(group * _gradient.Length, _gradient.Length);

    /// <inheritdoc/>
    public bool Reaches(int group, ParameterSlot slot) => _reached[group].Contains(slot.Offset);

    /// <inheritdoc/>
    public void ParametersChanged()
    {
        _network.Refresh();
        _program?.ParametersChanged();
        _fisher?.ParametersChanged();
    }

    /// <inheritdoc/>
    public void Use(IReadOnlyList<Objective> objectives, IReadOnlyList<int>? groups = null)
    {
        DisposeProgram();
        _graph = new NetworkGraph(_spec, new Graph(), mode: new StepMode(Training: true));
        _losses = new LossGraph(_graph, objectives, groups);
        Value[] parameters = [.. _graph.Parameters];
        Gradients[] gradients =
        [
            .. _losses.Totals.Select(total => _graph.Graph.Differentiate(total is null ? [] : [(total, null)], parameters)),
        ];
        _reached = [.. gradients.Select(gradient => gradient.Sinks.Select(sink => sink.Offset).ToHashSet())];
        _gradients = gradients.Length == 1 ? gradients[0] : Gradients.Beside(gradients, _gradient.Length);
        _grouped = gradients.Length == 1 ? _gradient : new float[gradients.Length * _gradient.Length];
    }

    /// <inheritdoc/>
    public bool CarriesState
    {
        get;
        set
        {
            field = value;
            DisposeProgram();
        }
    }

    /// <inheritdoc/>
    public bool TryGetCoreState(Span<float> coreState)
    {
        if (!CarriesState || _program is null)
        {
            throw new InvalidOperationException("No core state was kept. Set CarriesState, then run a minibatch.");
        }
        if (_graph!.CoreState is not { } last)
        {
            return false;
        }
        _program[last].CopyTo(coreState);
        return true;
    }

    /// <inheritdoc/>
    public void BindModel(string model, float[] parameters) => _models[model] = parameters;

    /// <inheritdoc/>
    public void Backward(
        Batch batch,
        double progress,
        Span<double> losses,
        Span<float> logProbs,
        Kfac? kfac = null,
        ulong draw = 0
    )
    {
        LossGraph graph = _losses ?? throw new InvalidOperationException("The engine was told of no objectives.");
        if (kfac is not null)
        {
            GatherStatistics(kfac, batch);
        }
        EnsureProgram(batch);
        IProgram program = _program!;
        Bind(program, _graph!, batch, 0, batch.Count);
        foreach ((Column column, Value input) in graph.Evaluation.Columns)
        {
            program.Bind(input, batch[column]);
        }
        foreach ((string name, NetworkEvaluation model) in graph.Evaluation.Models)
        {
            float[] parameters = _models.TryGetValue(name, out float[]? bound)
                ? bound
                : throw new InvalidOperationException(
                    $"Objectives look at the model '{name}', whose parameters were not bound. Bind them by BindModel first."
                );
            model.Network!.BindParameters(program, parameters);
        }
        graph.Evaluation.Advance(progress, _set);
        program.Run(batch.Count, batch.Sequences, draw);
        AddGroups();
        for (int i = 0; i < losses.Length; i++)
        {
            losses[i] = program[graph.Losses[i]][0];
        }
        if (graph.LogProb is { } logProb)
        {
            program[logProb].CopyTo(logProbs);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeProgram();
        _fisher?.Dispose();
        _network.Dispose();
    }

    private void AddGroups()
    {
        if (_grouped == _gradient)
        {
            return;
        }
        GradientOf(0).CopyTo(_gradient);
        for (int group = 1; group < _losses!.Totals.Length; group++)
        {
            TensorPrimitives.Add(_gradient, GradientOf(group), _gradient);
        }
    }

    private void GatherStatistics(Kfac kfac, Batch batch)
    {
        int blockRows = _statisticsRows > 0 ? _statisticsRows : batch.Count;
        for (int first = 0; first < batch.Count; first += blockRows)
        {
            int rows = Math.Min(blockRows, batch.Count - first);
            if (!kfac.Sampler.Begin())
            {
                continue;
            }
            _fisher ??= new FisherProgram(_spec, _parameters, _factory);
            int sequences = rows / batch.Steps;
            IProgram acting = _fisher.Acting(blockRows, sequences);
            Bind(acting, _fisher.Network, batch, first, rows);
            IProgram program = _fisher.Draw(kfac.Sampler, rows, sequences);
            Bind(program, _fisher.Network, batch, first, rows);
            _fisher.Show(kfac, rows, batch.Steps);
            kfac.Sampler.End();
        }
    }

    private void Bind(IProgram program, NetworkGraph network, Batch batch, int first, int rows)
    {
        int size = _spec.FeatureSize;
        program.Bind(network.Features, new ArraySegment<float>(batch[_features], first * size, rows * size));
        if (network.Keep is not { } keep)
        {
            return;
        }
        if (_keep.Length < batch.Count)
        {
            _keep = new float[batch.Count];
        }
        for (int row = 0; row < batch.Count; row++)
        {
            _keep[row] = batch.EpisodeStarts[row] ? 0 : 1;
        }
        program.Bind(keep, _keep);
        program.Bind(network.InitialCoreState!, batch[_initialCoreState]);
    }

    private void EnsureProgram(Batch batch)
    {
        if (_program is not null && batch.Count <= _rows && batch.Sequences <= _sequences)
        {
            return;
        }
        DisposeProgram();
        (_rows, _sequences) = (Math.Max(batch.Count, _rows), Math.Max(batch.Sequences, _sequences));
        Value[] logProb = _losses!.LogProb is { } given ? [given] : [];
        Value[] state = CarriesState && _graph!.CoreState is { } last ? [last] : [];
        Value[] outputs = [.. _losses.Losses, .. logProb, .. state];
        Plan plan = Plan.Compile(_graph!.Graph, outputs, _gradients, new PlanOptions(_rows, _sequences));
        _program = _factory(plan, _parameters, _grouped);
    }

    private void DisposeProgram()
    {
        (_program as IDisposable)?.Dispose();
        _program = null;
    }
}

using Agents.Networks.Cores;
using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;

namespace Agents.Networks;

/// <summary>Makes the program of a plan, over flat parameters and a flat gradient.</summary>
internal delegate IProgram ProgramFactory(Plan plan, float[] parameters, float[] gradient);

/// <summary>A <see cref="NetworkGraph"/> that acts and evaluates. Allocates nothing after its first calls with a batch size. Owns its programs.</summary>
internal sealed class ProgramNetwork : IActorCriticNetwork
{
    private readonly float[] _parameters;
    private readonly Executable _step;
    private readonly int _stateSize;
    private readonly Executable? _loop; // null where sequences are steps one by one
    private float[] _features = [];
    private float[] _keep = [];
    private float[] _coreState = [];

    /// <summary>A network over a flat buffer that the caller may change; call <see cref="Refresh"/> afterwards.</summary>
    /// <param name="spec">What to build.</param>
    /// <param name="parameters">Buffer in the order of <see cref="ParameterLayout"/>; null for one of its own, all 0.</param>
    /// <param name="factory">Executor; null for the managed one.</param>
    public ProgramNetwork(NetworkSpec spec, float[]? parameters = null, ProgramFactory? factory = null)
    {
        Spec = spec;
        int count = new ParameterLayout(spec).Count;
        _parameters = parameters ?? new float[count];
        if (_parameters.Length != count)
        {
            throw new ArgumentException(
                $"The network has {count} parameters; {_parameters.Length} were given.",
                nameof(parameters)
            );
        }
        factory ??= (plan, values, gradient) => new ManagedProgram(plan, values, gradient);
        _step = new Executable(spec, NetworkForm.Step, _parameters, factory);
        _stateSize = spec.CoreStateSize;
        bool remembersRows = spec.State.RingLength > 0;
        _loop = _stateSize == 0 || remembersRows ? null : new Executable(spec, NetworkForm.Loop, _parameters, factory);
    }

    /// <inheritdoc/>
    public NetworkSpec Spec { get; }

    /// <summary>Takes over numbers that were changed in the buffer.</summary>
    public void Refresh()
    {
        _step.Refresh();
        _loop?.Refresh();
    }

    /// <inheritdoc/>
    public void LoadParameters(ReadOnlySpan<float> parameters)
    {
        parameters.CopyTo(_parameters);
        Refresh();
    }

    /// <inheritdoc/>
    public void Unroll(
        int steps,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Span<float> distributions,
        Span<float> values
    )
    {
        int size = Spec.ObservationSize;
        int parameters = _step.Network.Distributions.Columns;
        int rows = distributions.Length / parameters;
        if (observations.Length != rows * size || rows % steps != 0 || (!values.IsEmpty && values.Length != rows))
        {
            throw new ArgumentException(
                $"{observations.Length} floats are not {steps} steps of whole rows: {rows} rows of {size} were expected."
            );
        }
        if (_loop is not null && steps > 1)
        {
            RunLoop(steps, rows, observations, episodeStarts, coreState, distributions, values);
            return;
        }
        // Rows without a memory go block by block, so that no run needs room for all of them; others step by step.
        int block = _stateSize > 0 ? rows / steps : PlanOptions.UsualBlockRows;
        for (int first = 0; first < rows; first += block)
        {
            int count = Math.Min(block, rows - first);
            RunStep(
                observations.Slice(first * size, count * size),
                _stateSize > 0 ? episodeStarts.Slice(first, count) : [],
                coreState,
                distributions.Slice(first * parameters, count * parameters),
                values.IsEmpty ? [] : values.Slice(first, count)
            );
        }
    }

    /// <summary>Lets something of the core be looked at after each step, such as the weights of attention.</summary>
    /// <param name="name">Its name in the core.</param>
    /// <returns>Whether the core has it.</returns>
    public bool Watch(string name) => _step.Watch(name);

    /// <summary>A watched value of the latest step, <c>[B, columns]</c>.</summary>
    public ReadOnlySpan<float> Watched(string name) => _step.Watched(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        _step.Dispose();
        _loop?.Dispose();
    }

    private void RunStep(
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Span<float> distributions,
        Span<float> values
    )
    {
        int rows = distributions.Length / _step.Network.Distributions.Columns;
        IProgram program = _step.Of(!values.IsEmpty, rows, rows);
        Bind(program, _step.Network, rows, observations, episodeStarts);
        if (_stateSize > 0)
        {
            program.Advance(rows, coreState);
        }
        else
        {
            program.Run(rows);
        }
        program[_step.Network.Distributions].CopyTo(distributions);
        if (!values.IsEmpty)
        {
            program[_step.Network.Values].CopyTo(values);
        }
    }

    private void RunLoop(
        int steps,
        int rows,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Span<float> distributions,
        Span<float> values
    )
    {
        int sequences = rows / steps;
        NetworkGraph network = _loop!.Network;
        IProgram program = _loop.Of(!values.IsEmpty, rows, sequences);
        Bind(program, network, rows, observations, episodeStarts);
        Grow(ref _coreState, coreState.Length);
        coreState.CopyTo(_coreState);
        program.Bind(network.InitialCoreState!, _coreState);
        program.Run(rows, sequences);
        program[network.Distributions].CopyTo(distributions);
        if (!values.IsEmpty)
        {
            program[network.Values].CopyTo(values);
        }
        program[network.CoreState!].CopyTo(coreState);
    }

    private void Bind(
        IProgram program,
        NetworkGraph network,
        int rows,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts
    )
    {
        Grow(ref _features, rows * Spec.FeatureSize);
        Spec.Plan.Features.EncodeRows(observations, _features);
        program.Bind(network.Features, _features);
        if (network.Keep is { } keep)
        {
            Grow(ref _keep, rows);
            for (int row = 0; row < rows; row++)
            {
                _keep[row] = episodeStarts[row] ? 0 : 1;
            }
            program.Bind(keep, _keep);
        }
    }

    private static void Grow(ref float[] buffer, int size)
    {
        if (buffer.Length < size)
        {
            buffer = new float[size];
        }
    }

    /// <summary>One form of the network, with and without values.</summary>
    private sealed class Executable : IDisposable
    {
        private readonly float[] _parameters;
        private readonly ProgramFactory _factory;
        private readonly List<Value> _watched = [];
        private Variant _acting;
        private Variant _evaluating;
        private Variant? _latest;

        public Executable(NetworkSpec spec, NetworkForm form, float[] parameters, ProgramFactory factory)
        {
            (_parameters, _factory) = (parameters, factory);
            Network = new NetworkGraph(spec, new Graph(), form);
            (_acting, _evaluating) = (VariantOf([]), VariantOf([Network.Values]));
        }

        public NetworkGraph Network { get; }

        public IProgram Of(bool withValues, int rows, int sequences)
        {
            _latest = withValues ? _evaluating : _acting;
            return _latest.Of(rows, sequences);
        }

        public bool Watch(string name)
        {
            if (!Network.Watched.TryGetValue(name, out Value? value))
            {
                return false;
            }
            if (!_watched.Contains(value))
            {
                Dispose();
                _latest = null;
                _watched.Add(value);
                (_acting, _evaluating) = (VariantOf([]), VariantOf([Network.Values]));
            }
            return true;
        }

        public ReadOnlySpan<float> Watched(string name) =>
            (_latest?.Latest ?? throw new InvalidOperationException("No step was run yet."))[Network.Watched[name]];

        public void Refresh()
        {
            _acting.Refresh();
            _evaluating.Refresh();
        }

        public void Dispose()
        {
            _acting.Dispose();
            _evaluating.Dispose();
        }

        private Variant VariantOf(Value[] further)
        {
            Value[] state = Network.CoreState is { } last ? [last] : [];
            return new Variant(Network, [Network.Distributions, .. further, .. _watched, .. state], _parameters, _factory);
        }
    }

    /// <summary>Some outputs of the network, planned anew for more rows than before.</summary>
    private sealed class Variant(NetworkGraph network, Value[] outputs, float[] parameters, ProgramFactory factory) : IDisposable
    {
        private int _rows;
        private int _sequences;

        public IProgram? Latest { get; private set; }

        public IProgram Of(int rows, int sequences)
        {
            if (Latest is null || rows > _rows || sequences > _sequences)
            {
                Dispose();
                (_rows, _sequences) = (Math.Max(rows, _rows), Math.Max(sequences, _sequences));
                var options = new PlanOptions(_rows, _sequences);
                Latest = factory(Plan.Compile(network.Graph, outputs, null, options), parameters, []);
            }
            return Latest;
        }

        public void Refresh() => Latest?.ParametersChanged();

        public void Dispose() => (Latest as IDisposable)?.Dispose();
    }
}

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
        _loop = _stateSize == 0 || spec.RemembersRows ? null : new Executable(spec, NetworkForm.Loop, _parameters, factory);
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
        int rows = distributions.Length / _step.Network.Distributions.Columns;
        if (!values.IsEmpty && values.Length != rows)
        {
            throw new ArgumentException($"{values.Length} values are not one for each of {rows} rows.", nameof(values));
        }
        Unroll(steps, rows, observations, episodeStarts, coreState, new Destinations(distributions, values));
    }

    /// <inheritdoc/>
    public void UnrollHeads(
        int steps,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        ReadOnlySpan<HeadRows> heads
    )
    {
        int rows = observations.Length / Spec.ObservationSize;
        foreach (HeadRows head in heads)
        {
            int size = rows * _step.Network[head.Head].Columns;
            if (head.Rows.Length < size)
            {
                throw new ArgumentException(
                    $"{head.Rows.Length} floats have no room for {rows} rows of the head {head.Head}; {size} are needed.",
                    nameof(heads)
                );
            }
        }
        Unroll(steps, rows, observations, episodeStarts, coreState, new Destinations(heads));
    }

    /// <summary>Lets something be looked at after each step, such as the weights of attention, or a head beside the policy's.</summary>
    /// <param name="name">Its name in <see cref="NetworkGraph.Watched"/>.</param>
    /// <returns>Whether the network has it.</returns>
    public bool Watch(string name) => _step.Watch(name);

    /// <summary>A watched value of the latest step, <c>[B, columns]</c>.</summary>
    public ReadOnlySpan<float> Watched(string name) => _step.Watched(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        _step.Dispose();
        _loop?.Dispose();
    }

    private void Unroll(
        int steps,
        int rows,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Destinations destinations
    )
    {
        int size = Spec.ObservationSize;
        if (observations.Length != rows * size || rows % steps != 0)
        {
            throw new ArgumentException(
                $"{observations.Length} floats are not {steps} steps of whole rows: {rows} rows of {size} were expected."
            );
        }
        if (_loop is not null && steps > 1)
        {
            RunLoop(steps, rows, observations, episodeStarts, coreState, destinations);
            return;
        }
        // Rows without a memory go block by block, so that no run needs room for all of them; others step by step.
        int block = _stateSize > 0 ? rows / steps : PlanOptions.UsualBlockRows;
        for (int first = 0; first < rows; first += block)
        {
            int count = Math.Min(block, rows - first);
            ReadOnlySpan<bool> starts = _stateSize > 0 ? episodeStarts.Slice(first, count) : [];
            RunStep(first, count, observations.Slice(first * size, count * size), starts, coreState, destinations);
        }
    }

    private void RunStep(
        int first,
        int rows,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Destinations destinations
    )
    {
        IProgram program = _step.Of(destinations.Outputs, rows, rows);
        Bind(program, _step.Network, rows, observations, episodeStarts);
        if (_stateSize > 0)
        {
            program.Advance(rows, coreState);
        }
        else
        {
            program.Run(rows);
        }
        destinations.Fill(first, program, _step.Network);
    }

    private void RunLoop(
        int steps,
        int rows,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Destinations destinations
    )
    {
        int sequences = rows / steps;
        NetworkGraph network = _loop!.Network;
        IProgram program = _loop.Of(destinations.Outputs, rows, sequences);
        Bind(program, network, rows, observations, episodeStarts);
        Grow(ref _coreState, coreState.Length);
        coreState.CopyTo(_coreState);
        program.Bind(network.InitialCoreState!, _coreState);
        program.Run(rows, sequences);
        destinations.Fill(0, program, network);
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

    /// <summary>What a run is to give.</summary>
    private enum Outputs
    {
        /// <summary>Distributions.</summary>
        Acting,

        /// <summary>Distributions and values.</summary>
        Evaluating,

        /// <summary>Every head as it is.</summary>
        Heads,
    }

    /// <summary>Where the numbers of a run go.</summary>
    private readonly ref struct Destinations
    {
        private readonly Span<float> _distributions;
        private readonly Span<float> _values;
        private readonly ReadOnlySpan<HeadRows> _heads;

        public Destinations(Span<float> distributions, Span<float> values)
        {
            _distributions = distributions;
            _values = values;
            Outputs = values.IsEmpty ? Outputs.Acting : Outputs.Evaluating;
        }

        public Destinations(ReadOnlySpan<HeadRows> heads)
        {
            _heads = heads;
            Outputs = Outputs.Heads;
        }

        public Outputs Outputs { get; }

        /// <summary>Takes what a run gave.</summary>
        /// <param name="first">Row of the destinations that the first row of the run belongs to.</param>
        /// <param name="program">The program that ran.</param>
        /// <param name="network">Its network.</param>
        public void Fill(int first, IProgram program, NetworkGraph network)
        {
            if (Outputs != Outputs.Heads)
            {
                program[network.Distributions].CopyTo(_distributions[(first * network.Distributions.Columns)..]);
            }
            if (!_values.IsEmpty)
            {
                program[network.Values].CopyTo(_values[first..]);
            }
            foreach (HeadRows head in _heads)
            {
                Value value = network[head.Head];
                program[value].CopyTo(head.Rows.AsSpan(first * value.Columns));
            }
        }
    }

    /// <summary>One form of the network, with each kind of outputs that it was asked for.</summary>
    private sealed class Executable(NetworkSpec spec, NetworkForm form, float[] parameters, ProgramFactory factory) : IDisposable
    {
        private readonly List<Value> _watched = [];
        private readonly Variant?[] _variants = new Variant?[Enum.GetValues<Outputs>().Length];
        private Variant? _latest;

        public NetworkGraph Network { get; } = new(spec, new Graph(), form);

        public IProgram Of(Outputs outputs, int rows, int sequences)
        {
            _latest = _variants[(int)outputs] ??= VariantOf(outputs);
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
                Array.Clear(_variants);
            }
            return true;
        }

        public ReadOnlySpan<float> Watched(string name) =>
            (_latest?.Latest ?? throw new InvalidOperationException("No step was run yet."))[Network.Watched[name]];

        public void Refresh()
        {
            foreach (Variant? variant in _variants)
            {
                variant?.Refresh();
            }
        }

        public void Dispose()
        {
            foreach (Variant? variant in _variants)
            {
                variant?.Dispose();
            }
        }

        private Variant VariantOf(Outputs outputs)
        {
            Value[] given = outputs switch
            {
                Outputs.Acting => [Network.Distributions],
                Outputs.Evaluating => [Network.Distributions, Network.Values],
                Outputs.Heads => [.. spec.Heads.Select(head => Network[head.Name])],
            };
            Value[] state = Network.CoreState is { } last ? [last] : [];
            return new Variant(Network, [.. given, .. _watched, .. state], parameters, factory);
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

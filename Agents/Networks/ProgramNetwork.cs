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
    private readonly NetworkGraph _network;
    private readonly Variant _acting; // without values
    private readonly Variant _evaluating;
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
        _network = new NetworkGraph(spec, new Graph());
        factory ??= (plan, values, gradient) => new ManagedProgram(plan, values, gradient);
        Value[] state = _network.CoreState is { } last ? [last] : [];
        _acting = new Variant(_network, [_network.Distributions, .. state], _parameters, factory);
        _evaluating = new Variant(_network, [_network.Distributions, _network.Values, .. state], _parameters, factory);
    }

    /// <inheritdoc/>
    public NetworkSpec Spec { get; }

    /// <summary>Takes over numbers that were changed in the buffer.</summary>
    public void Refresh()
    {
        _acting.Refresh();
        _evaluating.Refresh();
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
        int parameters = _network.Distributions.Columns;
        int rows = distributions.Length / parameters;
        if (observations.Length != rows * size || rows % steps != 0 || (!values.IsEmpty && values.Length != rows))
        {
            throw new ArgumentException(
                $"{observations.Length} floats are not {steps} steps of whole rows: {rows} rows of {size} were expected."
            );
        }
        if (_network.CoreState is not null)
        {
            Run(rows, rows / steps, observations, episodeStarts, coreState, distributions, values);
            return;
        }
        // Rows without a memory go block by block, so that no run needs room for all of them.
        for (int first = 0; first < rows; first += PlanOptions.UsualBlockRows)
        {
            int count = Math.Min(PlanOptions.UsualBlockRows, rows - first);
            Run(
                count,
                count,
                observations.Slice(first * size, count * size),
                [],
                [],
                distributions.Slice(first * parameters, count * parameters),
                values.IsEmpty ? [] : values.Slice(first, count)
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _acting.Dispose();
        _evaluating.Dispose();
    }

    private void Run(
        int rows,
        int sequences,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Span<float> distributions,
        Span<float> values
    )
    {
        IProgram program = (values.IsEmpty ? _acting : _evaluating).Of(rows, sequences);
        Grow(ref _features, rows * Spec.FeatureSize);
        Spec.Plan.Features.EncodeRows(observations, _features);
        program.Bind(_network.Features, _features);
        if (_network.CoreState is not null)
        {
            Grow(ref _keep, rows);
            for (int row = 0; row < rows; row++)
            {
                _keep[row] = episodeStarts[row] ? 0 : 1;
            }
            Grow(ref _coreState, coreState.Length);
            coreState.CopyTo(_coreState);
            program.Bind(_network.Keep!, _keep);
            program.Bind(_network.InitialCoreState!, _coreState);
        }
        program.Run(rows, sequences);
        program[_network.Distributions].CopyTo(distributions);
        if (!values.IsEmpty)
        {
            program[_network.Values].CopyTo(values);
        }
        if (_network.CoreState is { } last)
        {
            program[last].CopyTo(coreState);
        }
    }

    private static void Grow(ref float[] buffer, int size)
    {
        if (buffer.Length < size)
        {
            buffer = new float[size];
        }
    }

    /// <summary>Some outputs of the network, planned anew for more rows than before.</summary>
    private sealed class Variant(NetworkGraph network, Value[] outputs, float[] parameters, ProgramFactory factory) : IDisposable
    {
        private IProgram? _program;
        private int _rows;
        private int _sequences;

        public IProgram Of(int rows, int sequences)
        {
            if (_program is null || rows > _rows || sequences > _sequences)
            {
                Dispose();
                (_rows, _sequences) = (Math.Max(rows, _rows), Math.Max(sequences, _sequences));
                var options = new PlanOptions(_rows, _sequences);
                _program = factory(Plan.Compile(network.Graph, outputs, null, options), parameters, []);
            }
            return _program;
        }

        public void Refresh() => _program?.ParametersChanged();

        public void Dispose() => (_program as IDisposable)?.Dispose();
    }
}

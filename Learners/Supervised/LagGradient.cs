using Agents.Networks;
using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Yaml;
using Learners.Batches;
using Learners.Data;
using Learners.Objectives;

namespace Learners.Supervised;

/// <summary>
/// Length of the gradient of a step's loss with respect to the core state k steps before, ‖∂L_t/∂s_(t−k)‖ of each part of the state by itself, the other
/// parts held (Mujika et al. 2017, "Fast-slow recurrent neural networks", section 4.2).
/// </summary>
/// <remarks>
/// Each batch is one window: its loss is that of the last step, and the state is the one k steps before its end. The window is a program of k steps whose
/// initial state is that state, so that the gradient with respect to its input is exact.
/// </remarks>
internal sealed class LagGradient
{
    private readonly NetworkSpec _spec;
    private readonly int _lag;
    private readonly Samples _window;
    private readonly Batch _batch;
    private readonly NetworkGraph _graph;
    private readonly LossGraph _losses;
    private readonly Value? _gradient; // null where no loss depends on the state
    private readonly ManagedProgram? _program;
    private readonly float[] _coreState;
    private readonly float[] _keep;
    private readonly double[] _sums;
    private long _windows;

    /// <summary>A measurement.</summary>
    /// <param name="form">What samples look like.</param>
    /// <param name="spec">The network.</param>
    /// <param name="sequences">Sequences of a batch.</param>
    /// <param name="lag">Steps k.</param>
    /// <param name="parameters">Flat; tell by <see cref="ParametersChanged"/> when they change.</param>
    /// <exception cref="SettingsException">The lag is longer than a sequence, or the core has no gradient to a state.</exception>
    public LagGradient(DataForm form, NetworkSpec spec, int sequences, int lag, float[] parameters)
    {
        if (lag > form.Steps)
        {
            throw new SettingsException(
                $"evaluation.gradient_lag is {lag}, and a sequence has {form.Steps} steps. Lower it, or make sequences longer."
            );
        }
        if (spec.CoreStateSize == 0 || spec.State.RingLength > 0)
        {
            throw new SettingsException(
                $"evaluation.gradient_lag: the core {spec.Settings.Core} has no state that a gradient goes through. Set it to 0, or choose another core."
            );
        }
        (_spec, _lag) = (spec, lag);
        _window = new Samples(form with { Steps = lag }, sequences);
        _batch = _window.CreateBatch(spec);
        _graph = new NetworkGraph(spec, new Graph(), NetworkForm.Loop);
        _losses = new LossGraph(_graph, [form.Targets.Loss]);
        Gradients gradients = _graph.Graph.Differentiate([(_losses.Totals[0]!, null)], [_graph.InitialCoreState!]);
        _gradient = gradients[_graph.InitialCoreState!];
        if (_gradient is not null)
        {
            var options = new PlanOptions(_window.Count, sequences);
            _program = new ManagedProgram(Plan.Compile(_graph.Graph, [_gradient], null, options), parameters, []);
        }
        _coreState = new float[sequences * spec.CoreStateSize];
        _keep = new float[_window.Count];
        _keep.AsSpan().Fill(1);
        _sums = new double[spec.State.Parts.Count];
    }

    /// <summary>Takes over parameters that were changed.</summary>
    public void ParametersChanged() => _program?.ParametersChanged();

    /// <summary>Measures the window at the end of a batch.</summary>
    /// <param name="samples">The batch.</param>
    /// <param name="network">The network over the same parameters, which steps to the window.</param>
    /// <param name="coreState">Core state before the batch, <c>[B, CoreStateSize]</c>; left as it is.</param>
    public void Measure(Samples samples, ProgramNetwork network, ReadOnlySpan<float> coreState)
    {
        int sequences = samples.Sequences;
        int skipped = samples.Steps - _lag;
        int first = skipped * sequences;
        int last = (samples.Steps - 1) * sequences;
        coreState.CopyTo(_coreState);
        if (skipped > 0)
        {
            int numbers = first * _spec.ObservationSize;
            network.UnrollHeads(skipped, samples.Inputs.AsSpan(0, numbers), samples.Starts.AsSpan(0, first), _coreState, []);
        }
        samples.Inputs.AsSpan(first * _spec.ObservationSize).CopyTo(_window.Inputs);
        samples.Targets.AsSpan(first * samples.Form.Targets.Width).CopyTo(_window.Targets);
        Array.Clear(_window.Counts);
        samples.Counts.AsSpan(last).CopyTo(_window.Counts.AsSpan(last - first));
        _window.WriteTo(_batch, _spec);
        if (_program is null)
        {
            _windows += _window.CountedRows();
            return;
        }
        Run();
        Add(samples.Counts.AsSpan(last));
    }

    /// <summary>The means since the last call.</summary>
    public IReadOnlyList<PartGradient> TakeMeans()
    {
        var means = new List<PartGradient>();
        for (int part = 0; part < _sums.Length; part++)
        {
            means.Add(new PartGradient(_spec.State.Parts[part].Name, _sums[part] / _windows));
        }
        Array.Clear(_sums);
        _windows = 0;
        return means;
    }

    private void Run()
    {
        ManagedProgram program = _program!;
        program.Bind(_graph.Features, _batch[Column.Features(_spec)]);
        program.Bind(_graph.Keep!, _keep);
        program.Bind(_graph.InitialCoreState!, _coreState);
        foreach ((Column column, Value input) in _losses.Evaluation.Columns)
        {
            program.Bind(input, _batch[column]);
        }
        program.Run(_window.Count, _window.Sequences);
    }

    private void Add(ReadOnlySpan<bool> counts)
    {
        ReadOnlySpan<float> gradient = _program![_gradient!];
        int counted = _window.CountedRows();
        for (int b = 0; b < counts.Length; b++)
        {
            if (!counts[b])
            {
                continue; // an empty place of the last batch, or a step without an answer
            }
            ReadOnlySpan<float> row = gradient.Slice(b * _spec.CoreStateSize, _spec.CoreStateSize);
            for (int part = 0; part < _sums.Length; part++)
            {
                ReadOnlySpan<float> numbers = row.Slice(_spec.State.OffsetOf(part), _spec.State.Parts[part].Columns);
                double squares = 0;
                foreach (float number in numbers)
                {
                    squares += (double)number * number;
                }
                // The loss of the program is the mean over sequences, of which each has its own state.
                _sums[part] += counted * Math.Sqrt(squares);
            }
            _windows++;
        }
    }
}

using Agents.Networks.Cores;
using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks;

/// <summary>Puts the cores of a network into a graph: resets, loops over steps, and where their states come from and go to.</summary>
internal sealed class CoreGraph
{
    private readonly Graph _graph;
    private readonly NetworkForm _form;
    private readonly ParameterSource _source;
    private readonly List<StatePlace> _places = [];
    private readonly List<Value> _written = [];
    private readonly List<Value> _ages = [];
    private readonly List<Value> _last = []; // of each part, after the last step of each sequence
    private readonly Value? _state;
    private bool _hasSequence; // some core has a form of its own, which gives no last state

    /// <summary>Cores to come, in the graph of a network.</summary>
    public CoreGraph(NetworkSpec spec, Graph graph, NetworkForm form, ParameterSource source)
    {
        (_graph, _form, _source) = (graph, form, source);
        if (spec.CoreStateSize == 0)
        {
            return;
        }
        Keep = graph.Input(source.TitleOf("keep"), 1);
        switch (form)
        {
            case NetworkForm.Step:
                _state = graph.State(spec.CoreStateSize);
                break;
            case NetworkForm.Loop or NetworkForm.Sequences:
                InitialState = graph.Input(source.TitleOf("initial_core_state"), spec.CoreStateSize, RowSpace.Sequences);
                break;
            default:
                throw new System.Runtime.CompilerServices.SwitchExpressionException(form);
        }
    }

    /// <summary>Input: 0 where an episode starts, else 1, <c>[N, 1]</c>; null without a memory.</summary>
    public Value? Keep { get; }

    /// <summary>Input: core state before step 0, <c>[B, CoreStateSize]</c>; null without a memory, and in a step, which has a state of its own.</summary>
    public Value? InitialState { get; }

    /// <summary>Values of the first core that somebody may look at.</summary>
    public IReadOnlyDictionary<string, Value> Watched { get; private set; } = new Dictionary<string, Value>();

    /// <summary>
    /// The state after the run: what a step writes, or <c>[B, CoreStateSize]</c> behind a loop; null without a memory, and for sequences in a form of their own.
    /// </summary>
    public Value? State =>
        _written.Count > 0 ? _graph.Apply(new StateUpdate([.. _places]), [_state!, .. _written, .. _ages])[0]
        : _last.Count > 0 && !_hasSequence ? Value.Concat([.. _last])
        : null;

    /// <summary>Adds a core.</summary>
    /// <param name="place">The core, the next one in the order of states.</param>
    /// <param name="encoded">What it reads.</param>
    /// <param name="mode">What the graph is for.</param>
    /// <returns>Its branches, in their order.</returns>
    public IReadOnlyList<Value> Add(CorePlace place, Value encoded, StepMode mode)
    {
        var parameters = new ParameterScope(_graph, _source, place.Path);
        Value one = _graph.Constant(1).BroadcastTo(Shape.Of(RowSpace.Rows, 1));
        // Nothing raises new tasks yet.
        var inputs = new CoreInputs(encoded, Keep ?? one, _graph.Zeros(Shape.Of(RowSpace.Rows, 1)));
        using IDisposable scope = _graph.Scope(place.Path);
        IReadOnlyList<Value> branches = _form switch
        {
            NetworkForm.Step => AddStep(place, parameters, inputs, mode),
            NetworkForm.Loop => AddLoop(place, parameters, inputs, mode),
            NetworkForm.Sequences => AddSequence(place, parameters, inputs, mode) ?? AddLoop(place, parameters, inputs, mode),
        };
        if (place.Trunk == Head.ActorTrunk && place.Stage is null)
        {
            Watched = inputs.Watched;
        }
        return branches;
    }

    private IReadOnlyList<Value> AddStep(CorePlace place, ParameterScope parameters, CoreInputs inputs, StepMode mode)
    {
        StateLayout layout = place.State;
        var parts = new Value?[layout.Parts.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            StatePart part = layout.Parts[i];
            if (!part.IsRing)
            {
                parts[i] = Kept(_state!.Slice(place.Offset + layout.OffsetOf(i), part.Columns), part, inputs);
            }
        }
        Value? age = null;
        Value? nextAge = null;
        if (layout.RingLength > 0)
        {
            Value stored = _state!.Slice(place.Offset + layout.AgeOffset, 1);
            var ages = _graph.Apply(new RingAge(layout.RingLength), stored, inputs.Keep);
            (age, nextAge) = (ages[0], ages[1]);
        }
        CoreStep step = place.Core.Step(parameters, inputs, new CoreState(layout, parts, _state, place.Offset, age), mode);
        RequireParts(step, layout);
        for (int i = 0; i < parts.Length; i++)
        {
            StatePart part = layout.Parts[i];
            Write(new StatePlace(place.Offset + layout.OffsetOf(i), part.Columns, part.Length), step.Next[i], age);
        }
        if (nextAge is not null)
        {
            Write(new StatePlace(place.Offset + layout.AgeOffset, 1, 0), nextAge, null);
        }
        return step.Branches;
    }

    private void Write(StatePlace place, Value written, Value? age)
    {
        _places.Add(place);
        _written.Add(written);
        if (place.IsRing)
        {
            _ages.Add(age!);
        }
    }

    private IReadOnlyList<Value> AddLoop(CorePlace place, ParameterScope parameters, CoreInputs inputs, StepMode mode)
    {
        StateLayout layout = place.State;
        if (layout.RingLength > 0)
        {
            throw new NotSupportedException(
                "A ring cannot be delayed, so its core has no loop over steps and no gradient that is cut between them: run it step by step, or give it a form for sequences."
            );
        }
        var delays = new Value[layout.Parts.Count];
        var parts = new Value[delays.Length];
        for (int i = 0; i < delays.Length; i++)
        {
            StatePart part = layout.Parts[i];
            Value initial = InitialState!.Slice(place.Offset + layout.OffsetOf(i), part.Columns);
            delays[i] = _graph.Previous(part.Columns, KeepOf(part, inputs), initial);
            parts[i] = mode.Cut ? delays[i].StopGradient() : delays[i];
        }
        CoreStep step = place.Core.Step(parameters, inputs, new CoreState(layout, parts, null, 0, null), mode);
        RequireParts(step, layout);
        for (int i = 0; i < delays.Length; i++)
        {
            Graph.Close(delays[i], step.Next[i]);
            _last.Add(step.Next[i].AtStep(StepPlace.Last));
        }
        return step.Branches;
    }

    private IReadOnlyList<Value>? AddSequence(CorePlace place, ParameterScope parameters, CoreInputs inputs, StepMode mode)
    {
        if (mode.Cut)
        {
            return null; // only a loop has a state between steps to cut at
        }
        StateLayout layout = place.State;
        var parts = new Value?[layout.Parts.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            StatePart part = layout.Parts[i];
            parts[i] = !part.IsRing ? InitialState!.Slice(place.Offset + layout.OffsetOf(i), part.Columns) : null;
        }
        Value? age = layout.RingLength > 0 ? InitialState!.Slice(place.Offset + layout.AgeOffset, 1) : null;
        var initial = new CoreState(layout, parts, InitialState, place.Offset, age);
        IReadOnlyList<Value>? branches = place.Core.Sequence(parameters, inputs, initial, mode);
        _hasSequence |= branches is not null && layout.Size > 0;
        return branches;
    }

    private static Value Kept(Value state, StatePart part, CoreInputs inputs) =>
        part.Lifetime switch
        {
            StateLifetime.Episode => state.Where(inputs.Keep),
            StateLifetime.Task => state.Where(1 - inputs.NewTask),
        };

    private static Value KeepOf(StatePart part, CoreInputs inputs) =>
        part.Lifetime switch
        {
            StateLifetime.Episode => inputs.Keep,
            StateLifetime.Task => 1 - inputs.NewTask,
        };

    private static void RequireParts(CoreStep step, StateLayout layout)
    {
        if (step.Next.Count != layout.Parts.Count)
        {
            throw new InvalidOperationException(
                $"The core declares {layout.Parts.Count} parts of state, and its step gives {step.Next.Count}. Give one value for each, in their order."
            );
        }
        for (int i = 0; i < layout.Parts.Count; i++)
        {
            if (step.Next[i].Columns != layout.Parts[i].Columns)
            {
                throw new InvalidOperationException(
                    $"The part '{layout.Parts[i].Name}' of the core's state has {layout.Parts[i].Columns} columns, and its step gives {step.Next[i]}."
                );
            }
        }
    }
}

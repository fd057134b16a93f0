using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores.PerceptionPredictionReaction;

/// <summary>
/// Four LSTMs, of which one is slow: it ticks every τ steps. Reaction reads observations and the slow core, and acts; perception reads observations and
/// informs the slow core; prediction reads the slow core and the steps since its tick.
/// </summary>
/// <remarks>
/// Stooke, Dalibard, Jayakumar, Czarnecki and Jaderberg 2020, "Perception-Prediction-Reaction Agents for Deep Reinforcement Learning", arXiv 2006.15223,
/// has the four cores and who sees what; when each begins anew is this library's choice. With j steps since the tick, e the encoder's output and h what a core gives:
/// <code>
/// where j = τ:  S = LSTM(h_E, S);  E = R = P = 0;  j = 0
/// E = LSTM(e, E);  R = LSTM((e, h_S), R);  P = LSTM((h_S, j / τ), P);  j = j + 1
/// </code>
/// All begin at 0 with an episode. P is a function of h_S and j, so that no actor carries it: where a sequence begins it is computed again, with the same bits,
/// and no gradient flows into that, as none flows into the states that are carried.
/// </remarks>
internal sealed class PprCore : MemoryCore
{
    /// <summary>The branch that acts.</summary>
    public const string Reaction = "reaction";

    /// <summary>The branch that knows the current interval.</summary>
    public const string Perception = "perception";

    /// <summary>The branch that knows what was before it.</summary>
    public const string Prediction = "prediction";

    private const string Slow = "slow";
    private const string Phase = "phase";
    private const string Sum = "sum";

    private readonly PprSettings _settings;
    private readonly LstmCore _reaction;
    private readonly LstmCore _perception;
    private readonly LstmCore _prediction;
    private readonly LstmCore _slow;
    private readonly bool _averages; // what perception gave in an interval

    /// <summary>The core of a network.</summary>
    /// <param name="inputs">Numbers that it reads.</param>
    /// <param name="size">Units of a fast core.</param>
    /// <param name="settings">Its ticks, resets and links.</param>
    public PprCore(int inputs, int size, PprSettings settings)
    {
        _settings = settings;
        int slowSize = settings.SlowSize > 0 ? settings.SlowSize : size;
        var lstm = new LstmSettings { ForgetBias = settings.ForgetBias };
        _reaction = new LstmCore(inputs + (settings.SlowToReaction ? slowSize : 0), size, lstm);
        _perception = new LstmCore(inputs, size, lstm);
        _prediction = new LstmCore(1 + (settings.SlowToPrediction ? slowSize : 0), size, lstm);
        (_averages, int slowReads) = settings.SlowInput switch
        {
            SlowInput.Last => (false, size),
            SlowInput.Mean => (true, size),
            SlowInput.None => (false, 1), // the tick itself
        };
        _slow = new LstmCore(slowReads, slowSize, lstm);
        Branches = [new(Reaction, size), new(Perception, size), new(Prediction, size)];
        State =
        [
            .. Named(Slow, _slow),
            .. Named(Reaction, _reaction),
            .. Named(Perception, _perception),
            .. _averages ? (StatePart[])[new(Sum, size)] : [],
            new(Phase, 1),
            .. settings.ResetPrediction ? [] : Named(Prediction, _prediction),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Branch> Branches { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<StatePart> State { get; }

    /// <inheritdoc/>
    public override void Declare(ParameterDeclarations parameters)
    {
        _slow.Declare(parameters.Within(Slow));
        _reaction.Declare(parameters.Within(Reaction));
        _perception.Declare(parameters.Within(Perception));
        _prediction.Declare(parameters.Within(Prediction));
    }

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode)
    {
        var place = new Place(parameters, inputs, mode);
        CoreStep step = Step(place, state, null, out Value memory, out Value phase);
        return _settings.ResetPrediction
            ? step with
            {
                Branches = [.. step.Branches, Predicted(place, memory, phase + 1)[0]],
            }
            : step;
    }

    /// <summary>The loop over steps, in which prediction goes on from step to step and is not computed again in each.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Value>? Sequence(ParameterScope parameters, CoreInputs inputs, CoreState initial, StepMode mode)
    {
        if (!_settings.ResetPrediction)
        {
            return null;
        }
        var place = new Place(parameters, inputs, mode);
        Value Delayed(Value before) => parameters.Graph.Previous(before.Columns, inputs.Keep, before);
        Value[] state = [.. State.Select(part => Delayed(initial[part.Name]))];
        Value[] before = Predicted(place, initial[Slow + ".output"], initial[Phase]);
        Value[] prediction = [.. before.Select(part => Delayed(part.StopGradient()))];
        CoreStep step = Step(place, new CoreState(new StateLayout(State), state, null, 0, null), prediction, out _, out _);
        foreach ((Value delay, Value next) in state.Concat(prediction).Zip(step.Next))
        {
            Graph.Close(delay, next);
        }
        return step.Branches;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeptArrays> Activations(int steps) =>
        [
            .. ((LstmCore[])[_slow, _reaction, _perception, _prediction]).SelectMany(core => core.Activations(steps)),
            new("inputs of slow and fast cores", Branches[0].Columns, 4),
        ];

    // Prediction is the last branch and the last part of the state; without its state the step is one of the others alone.
    private CoreStep Step(Place place, CoreState state, Value[]? prediction, out Value memory, out Value phase)
    {
        CoreInputs inputs = place.Inputs;
        Value ticks = state[Phase].IsAtLeast(place.Parameters.Graph.Constant(_settings.Period));
        Value goesOn = 1 - ticks;
        Value[] slow = PartsOf(state, Slow, _slow);
        IReadOnlyList<Value> ticked = place.Next(Slow, _slow, SlowReads(state, ticks), slow);
        slow = [.. slow.Select((part, i) => ticked[i].Where(ticks) + part.Where(goesOn))];
        memory = slow[0];
        phase = state[Phase].Where(goesOn);

        Value[] Kept(Value[] parts, bool reset) => reset ? [.. parts.Select(part => part.Where(goesOn))] : parts;
        Value[] reaction = Kept(PartsOf(state, Reaction, _reaction), _settings.ResetReaction);
        Value reads = _settings.SlowToReaction ? Value.Concat(inputs.Encoded, memory) : inputs.Encoded;
        IReadOnlyList<Value> reacted = place.Next(Reaction, _reaction, reads, reaction);
        Value[] perception = Kept(PartsOf(state, Perception, _perception), _settings.ResetPerception);
        IReadOnlyList<Value> perceived = place.Next(Perception, _perception, inputs.Encoded, perception);
        Value[] sum = _averages ? [state[Sum].Where(goesOn) + perceived[0]] : [];
        IReadOnlyList<Value> predicted = [];
        prediction = _settings.ResetPrediction ? prediction : PartsOf(state, Prediction, _prediction);
        if (prediction is not null)
        {
            prediction = Kept(prediction, _settings.ResetPrediction);
            predicted = place.Next(Prediction, _prediction, PredictionReads(memory, phase), prediction);
        }

        inputs.Watch("memory", memory);
        inputs.Watch("ticks", ticks);
        return new CoreStep(
            [reacted[0], perceived[0], .. predicted.Take(1)],
            [.. slow, .. reacted, .. perceived, .. sum, phase + 1, .. predicted]
        );
    }

    // What prediction is after some steps of an interval, 0 to τ, [N, 1], in which the slow core gives the memory.
    private Value[] Predicted(Place place, Value memory, Value steps)
    {
        Graph graph = place.Parameters.Graph;
        Value[] parts = [.. _prediction.State.Select(part => graph.Zeros(memory.Shape with { Columns = part.Columns }))];
        for (int i = 0; i < _settings.Period; i++)
        {
            Value phase = graph.Constant(i).BroadcastTo(steps.Shape);
            Value takes = steps.IsAtLeast(graph.Constant(i + 1));
            Value stays = 1 - takes;
            IReadOnlyList<Value> next = place.Next(Prediction, _prediction, PredictionReads(memory, phase), parts);
            parts = [.. parts.Select((part, k) => next[k].Where(takes) + part.Where(stays))];
        }
        return parts;
    }

    private Value PredictionReads(Value memory, Value phase)
    {
        Value share = phase * (1f / _settings.Period);
        return _settings.SlowToPrediction ? Value.Concat(memory, share) : share;
    }

    private Value SlowReads(CoreState state, Value ticks) =>
        _settings.SlowInput switch
        {
            SlowInput.Last => state[Perception + ".output"],
            SlowInput.Mean => state[Sum] * (1f / _settings.Period),
            SlowInput.None => ticks,
        };

    private static IEnumerable<StatePart> Named(string name, LstmCore core) =>
        core.State.Select(part => part with { Name = $"{name}.{part.Name}" });

    private static Value[] PartsOf(CoreState state, string name, LstmCore core) =>
        [.. Named(name, core).Select(part => state[part.Name])];

    /// <summary>Where cells are put, and what they have in common.</summary>
    private sealed record Place(ParameterScope Parameters, CoreInputs Inputs, StepMode Mode)
    {
        public IReadOnlyList<Value> Next(string name, LstmCore cell, Value reads, IReadOnlyList<Value> state)
        {
            var own = new CoreState(new StateLayout(cell.State), state, null, 0, null);
            return cell.Step(Parameters.Within(name), Inputs with { Encoded = reads }, own, Mode).Next;
        }
    }
}

namespace Environments.Tabular;

/// <summary>A model written as functions of state and action, evaluated once for all of them when it is first needed.</summary>
public sealed class TabularModel : ITabularModel
{
    private readonly Func<int, int, IEnumerable<Transition>> _transitions;
    private readonly Func<int, double> _startProbability;
    private readonly Func<ReadOnlySpan<float>, int> _stateOf;
    private Content? _content;
    private TransitionTable? _table;

    /// <summary>A model of <paramref name="stateCount"/> × <paramref name="actionCount"/> lists.</summary>
    /// <param name="stateCount">S, 1 to 65,536.</param>
    /// <param name="actionCount">A, at least 1.</param>
    /// <param name="transitions">What may follow an action in a state: probabilities add up to 1.</param>
    /// <param name="startProbability">Probability that an episode starts in a state; over all states they add up to 1.</param>
    /// <param name="stateOf">The state behind an observation; null where the observation is the state's number.</param>
    /// <remarks>The functions are called on first use, and mistakes in them are found then (<see cref="InvalidDataException"/>).</remarks>
    public TabularModel(
        int stateCount,
        int actionCount,
        Func<int, int, IEnumerable<Transition>> transitions,
        Func<int, double> startProbability,
        Func<ReadOnlySpan<float>, int>? stateOf = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stateCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stateCount, 1 << 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionCount, 1);
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(startProbability);
        StateCount = stateCount;
        ActionCount = actionCount;
        _transitions = transitions;
        _startProbability = startProbability;
        _stateOf = stateOf ?? (observation => (int)observation[0]);
    }

    /// <inheritdoc/>
    public int StateCount { get; }

    /// <inheritdoc/>
    public int ActionCount { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<double> StartProbabilities => Built.Start;

    /// <summary>The same dynamics packed for stepping. Built on first use; threads that meet here build the same.</summary>
    internal TransitionTable Table => _table ??= new TransitionTable(this);

    private Content Built => _content ??= Build();

    /// <inheritdoc/>
    public ReadOnlySpan<Transition> Transitions(int state, int action)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)state, (uint)StateCount, nameof(state));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)action, (uint)ActionCount, nameof(action));
        Content content = Built;
        int row = state * ActionCount + action;
        return content.Transitions.AsSpan(content.Offsets[row]..content.Offsets[row + 1]);
    }

    /// <inheritdoc/>
    public int StateOf(ReadOnlySpan<float> observation) => _stateOf(observation);

    /// <summary>The same dynamics with other rewards, such as those of a learned reward function.</summary>
    /// <param name="reward">Reward of a step from its state, action and next state.</param>
    public TabularModel WithRewards(Func<int, int, int, double> reward)
    {
        ArgumentNullException.ThrowIfNull(reward);
        return new TabularModel(
            StateCount,
            ActionCount,
            (state, action) =>
                Transitions(state, action)
                    .ToArray()
                    .Select(transition => transition with { Reward = reward(state, action, transition.NextState) }),
            state => StartProbabilities[state],
            _stateOf
        );
    }

    private Content Build()
    {
        var start = new double[StateCount];
        var offsets = new int[StateCount * ActionCount + 1];
        var all = new List<Transition>(StateCount * ActionCount);
        for (int state = 0; state < StateCount; state++)
        {
            start[state] = _startProbability(state);
            for (int action = 0; action < ActionCount; action++)
            {
                double sum = 0;
                foreach (Transition transition in _transitions(state, action))
                {
                    if ((uint)transition.NextState >= (uint)StateCount || !(transition.Probability >= 0))
                    {
                        throw new InvalidDataException(
                            $"Action {action} in state {state} leads to state {transition.NextState} with probability {transition.Probability}; "
                                + $"states are 0 to {StateCount - 1} and probabilities are not negative."
                        );
                    }
                    sum += transition.Probability;
                    all.Add(transition);
                }
                RequireOne(sum, $"The transitions of action {action} in state {state}");
                offsets[state * ActionCount + action + 1] = all.Count;
            }
        }
        RequireOne(start.Sum(), "The start states");
        return new Content(start, offsets, [.. all]);
    }

    private static void RequireOne(double sum, string what)
    {
        if (!(Math.Abs(sum - 1) < 1e-9))
        {
            throw new InvalidDataException($"{what} have probabilities that add up to {sum}, not to 1.");
        }
    }

    private sealed record Content(double[] Start, int[] Offsets, Transition[] Transitions);
}

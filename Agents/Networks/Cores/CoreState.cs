using Agents.Programs;

namespace Agents.Networks.Cores;

/// <summary>What a core remembers, as values of a graph, by the names of its parts.</summary>
internal sealed class CoreState
{
    private readonly StateLayout _layout;
    private readonly IReadOnlyList<Value?> _parts;
    private readonly int _offset;

    /// <summary>The state of a core.</summary>
    /// <param name="layout">Its parts.</param>
    /// <param name="parts">Their values; null for rings.</param>
    /// <param name="whole">Rows that hold the states of all cores; null where nothing reads rings.</param>
    /// <param name="offset">Where this core's own begins there.</param>
    /// <param name="age">Age of the rings; null where there are none.</param>
    public CoreState(StateLayout layout, IReadOnlyList<Value?> parts, Value? whole, int offset, Value? age)
    {
        (_layout, _parts, _offset) = (layout, parts, offset);
        (Whole, Age) = (whole, age);
    }

    /// <summary>A part, <c>[N, columns]</c>: as the step before left it, and 0 where it begins anew.</summary>
    /// <exception cref="ArgumentException">There is none of this name, or it is a ring.</exception>
    public Value this[string name] =>
        _parts[_layout.IndexOf(name)]
        ?? throw new ArgumentException($"'{name}' is a ring: read it by an operator that takes Whole and RingOf.", nameof(name));

    /// <summary>Rows that hold the rings: of state <c>[N, S]</c> in a step, of the state before the sequences <c>[B, S]</c> in a sequence.</summary>
    public Value? Whole { get; }

    /// <summary>
    /// Age of the rings: in a step the age of each episode, <c>[N, 1]</c>, 0 where one starts; in a sequence the one that the state holds, <c>[B, 1]</c>.
    /// </summary>
    public Value? Age { get; }

    /// <summary>Where a ring lies within <see cref="Whole"/>.</summary>
    public Ring RingOf(string name) => _layout.RingOf(_layout.IndexOf(name), _offset);
}

using Agents.Networks;
using Environments.State;
using Learners.Composition;
using Learners.Engines;
using Learners.Metrics;
using Learners.Objectives;

namespace Learners.Similarity;

/// <summary>The gates of all auxiliary losses of a model, each against the main loss. Group 0 of the engine is the main loss, and group 1 + i the i-th auxiliary one.</summary>
internal sealed class GradientGates : ISavable
{
    private readonly (string Name, GradientGate Gate)[] _gates;

    /// <summary>Gates before the first update.</summary>
    /// <param name="settings">How they decide; the rule is not none.</param>
    /// <param name="layout">Parameters of the network.</param>
    /// <param name="engine">Knows its groups already.</param>
    /// <param name="auxiliary">The auxiliary losses.</param>
    public GradientGates(
        GradientSimilaritySettings settings,
        ParameterLayout layout,
        IGradientEngine engine,
        IReadOnlyList<Objective> auxiliary
    )
    {
        _gates =
        [
            .. auxiliary.Select(
                (objective, i) =>
                    (
                        $"similarity/{objective.Name}",
                        new GradientGate(
                            settings,
                            [.. layout.Slots.Where(slot => engine.Reaches(0, slot) && engine.Reaches(1 + i, slot))],
                            [.. layout.Slots.Where(slot => !engine.Reaches(0, slot) && engine.Reaches(1 + i, slot))]
                        )
                    )
            ),
        ];
    }

    /// <summary>Auxiliary losses.</summary>
    public int Count => _gates.Length;

    /// <summary>Names of the metrics.</summary>
    public IEnumerable<string> Tags => _gates.SelectMany(gate => (string[])[gate.Name, OpenTag(gate.Name)]);

    /// <summary>Puts the gradient that is followed together from those of the groups.</summary>
    /// <param name="engine">Its gradient is overwritten.</param>
    public void Combine(IGradientEngine engine)
    {
        ReadOnlySpan<float> main = engine.GradientOf(0);
        main.CopyTo(engine.Gradient);
        for (int i = 0; i < _gates.Length; i++)
        {
            _gates[i].Gate.Add(main, engine.GradientOf(1 + i), engine.Gradient);
        }
    }

    /// <summary>Tells of the latest update.</summary>
    public void Report(MetricAverages metrics)
    {
        foreach ((string name, GradientGate gate) in _gates)
        {
            metrics.Add(name, gate.Similarity);
            metrics.Add(OpenTag(name), gate.Open);
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        foreach ((string name, GradientGate gate) in _gates)
        {
            gate.SaveState(state, name);
        }
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        foreach ((string name, GradientGate gate) in _gates)
        {
            gate.LoadState(state, name);
        }
    }

    private static string OpenTag(string name) => name + "_open";
}

using Agents.Programs;
using Agents.Programs.Execution;

namespace Agents.Networks.Layers;

/// <summary>Where a network of a graph has its parameters and inputs from: its own, or, beside it, those of another model.</summary>
internal sealed class ParameterSource
{
    private readonly Graph _graph;
    private readonly Func<string, ParameterSlot> _slotOf;
    private readonly string? _model;
    private readonly Dictionary<string, Value> _given = [];

    /// <summary>The parameters of a network in a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="slotOf">Where the parameter of a name lies in the flat buffer.</param>
    /// <param name="model">Name of the model whose parameters are bound before each run; null for the flat parameters of the program.</param>
    public ParameterSource(Graph graph, Func<string, ParameterSlot> slotOf, string? model = null) =>
        (_graph, _slotOf, _model) = (graph, slotOf, model);

    /// <summary>An array: a weight is <c>[outputs, inputs]</c>, a vector <c>[1, size]</c>.</summary>
    public Value this[string name]
    {
        get
        {
            ParameterSlot slot = _slotOf(name);
            if (_model is null)
            {
                return _graph.Parameter(slot);
            }
            if (!_given.TryGetValue(name, out Value? value))
            {
                Shape shape = new Parameter(slot).Shape;
                _given.Add(name, value = _graph.Given($"{_model}.{name}", shape.Rows, shape.Columns));
            }
            return value;
        }
    }

    /// <summary>A title of the network's own in the graph.</summary>
    public string TitleOf(string title) => _model is null ? title : $"{_model}.{title}";

    /// <summary>Binds another model's parameters, which the caller may change between runs.</summary>
    /// <param name="program">A program of the graph.</param>
    /// <param name="parameters">Flat, in the order of their slots.</param>
    public void Bind(IProgram program, float[] parameters)
    {
        foreach ((string name, Value value) in _given)
        {
            ParameterSlot slot = _slotOf(name);
            program.Bind(value, new ArraySegment<float>(parameters, slot.Offset, slot.Size));
        }
    }
}
